// What layers over images say when channels or sizes do not fit: where, what, and how to mend it.
#include <gtest/gtest.h>

#include <string>

#include "core/error.hpp"
#include "support/errors.hpp"
#include "train/model.hpp"

namespace trainyard {
namespace {

Error refusal(const std::string& layers, const Shape& image) {
  const auto error = error_of([&] {
    const Model model(parse_json(R"({"layers":[)" + layers + "]}", "model"),
                      {.inputs = {{.name = "x", .shape = image}}, .seed = 1});
  });
  if (!error) throw Error(ErrorCode::internal, "accepted", layers, "");
  return *error;
}

TEST(ImageErrors, GroupsThatDoNotDivideTheChannels) {
  struct Case {
    std::int64_t in, out, groups;
    std::string fit;
  };
  for (const Case& c : {Case{12, 8, 3, "1, 2, 4"}, Case{9, 12, 4, "1, 3"}, Case{7, 12, 2, "1"}}) {
    const Error error = refusal(R"({"type":"conv2d","kernel":3,"out":)" + std::to_string(c.out) + R"(,"groups":)" +
                                    std::to_string(c.groups) + "}",
                                {c.in, 8, 8});
    EXPECT_EQ(error.code, ErrorCode::invalid_value);
    EXPECT_EQ(error.path, "layers[0] conv2d.groups");
    EXPECT_EQ(error.got, std::to_string(c.groups));
    EXPECT_EQ(error.hint.key, "groups_divide");
    EXPECT_EQ(error.hint.argument, c.fit);
  }
}

TEST(ImageErrors, WindowsLargerThanTheImage) {
  const std::string pool = R"({"type":"maxPool2d","kernel":2})";
  for (const std::string& last :
       {std::string(R"({"type":"conv2d","kernel":3,"out":4})"), std::string(R"({"type":"avgPool2d","kernel":[3,1]})"),
        std::string(R"({"type":"maxPool2d","kernel":[1,2],"dilation":2})")}) {
    const Error error = refusal(pool + "," + pool + "," + last, {3, 8, 8});
    EXPECT_EQ(error.code, ErrorCode::shape_mismatch) << last;
    EXPECT_EQ(error.path.substr(0, 9), "layers[2]") << error.path;
    EXPECT_EQ(error.got, "[*, 3, 2, 2]") << last;
    EXPECT_EQ(error.hint.key, "window_too_large") << last;
  }
  const Model fits(
      parse_json(R"({"layers":[)" + pool + "," + pool + R"(,{"type":"conv2d","kernel":3,"padding":1,"out":4}]})",
                 "model"),
      {.inputs = {{.name = "x", .shape = {3, 8, 8}}}, .seed = 1});
  EXPECT_EQ(text(fits.outputs().front().second.shape, true), "[*, 4, 2, 2]");
}

}  // namespace
}  // namespace trainyard
