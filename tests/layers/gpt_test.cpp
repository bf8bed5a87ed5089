// How the GPT's weights begin.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "train/models.hpp"

namespace trainyard {
namespace {

/// Root of the mean square of a parameter's numbers.
double size_of(const Model& model, const std::string& name) {
  double squares = 0;
  const std::vector<float> numbers = read(model, name);
  for (const float x : numbers) squares += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(squares / static_cast<double>(numbers.size()));
}

TEST(Gpt, BlocksBeginByPassingOnWhatTheyGet) {
  for (const char* style : {R"("norm": "layerNorm")", R"("norm": "rmsNorm", "mlp": "swiglu", "position": "rope")"}) {
    const bool llama = std::string(style).find("rmsNorm") != std::string::npos;
    const Model model(parse_json(R"({"layers": [{"type": "gpt", "vocab": 50, "context": 8, "layers": 2, "heads": 4,
                                    "dim": 64, "tied": false, )" +
                                     std::string(style) + "}]}",
                                 "model"),
                      {.inputs = {{.name = "x", .shape = {8}, .dtype = DType::i32}}});
    const std::string block = llama ? "0.layers.1." : "0.h.1.";
    EXPECT_EQ(size_of(model, block + (llama ? "self_attn.o_proj" : "attn.c_proj") + ".weight"), 0);
    EXPECT_EQ(size_of(model, block + (llama ? "mlp.down_proj" : "mlp.c_proj") + ".weight"), 0);
    // Kept in size: a product over 64 numbers.
    EXPECT_NEAR(size_of(model, block + (llama ? "self_attn.q_proj" : "attn.c_attn") + ".weight"), 0.125, 0.01);
    EXPECT_NEAR(size_of(model, block + (llama ? "mlp.up_proj" : "mlp.c_fc") + ".weight"), 0.125, 0.01);
    EXPECT_NEAR(size_of(model, llama ? "0.embed_tokens.weight" : "0.wte.weight"), 0.02, 0.002);
    EXPECT_NEAR(size_of(model, "0.lm_head.weight"), 0.02, 0.002);
  }
}

}  // namespace
}  // namespace trainyard
