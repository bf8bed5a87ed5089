// The bound that products are measured against does what it says.
#include "buffers.hpp"
#include "kernels/gemm/gemm.hpp"

namespace trainyard::kernels {
namespace {

template <class T>
class PeakTest : public testing::Test {};
TYPED_TEST_SUITE(PeakTest, Precisions);

TYPED_TEST(PeakTest, MultipliesAndAdds) {
  const int lanes = vector_lanes<TypeParam>();
  Guarded<TypeParam> p(12 * lanes, TypeParam(1));
  p[0] = TypeParam(2);
  p[1] = TypeParam(0.5);
  peak(p.data(), 3);
  EXPECT_TRUE(p.intact());
  // v -> 2 v + 1/2, twelve times: v + 1/2 doubles each time.
  EXPECT_EQ(p[0], TypeParam(2.5 * 4096 - 0.5));
  EXPECT_EQ(p[12 * lanes - 1], TypeParam(1.5 * 4096 - 0.5));
}

}  // namespace
}  // namespace trainyard::kernels
