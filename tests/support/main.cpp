// A test program. --folder=NAME runs what is written in tests/NAME alone: ctest runs one folder after another, or two
// at once, of a program that is compiled and linked as one.
#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  constexpr std::string_view option = "--folder=";
  const std::string_view argument = argc > 1 ? argv[1] : "";
  if (argument.starts_with(option)) {
    const std::string place = "tests/" + std::string(argument.substr(option.size())) + "/";
    const testing::UnitTest& all = *testing::UnitTest::GetInstance();
    std::string chosen;
    for (int s = 0; s < all.total_test_suite_count(); ++s) {
      const testing::TestSuite& suite = *all.GetTestSuite(s);
      for (int t = 0; t < suite.total_test_count(); ++t) {
        const testing::TestInfo& test = *suite.GetTestInfo(t);
        if (std::string_view(test.file()).find("tests/support/") != std::string_view::npos) {
          std::cerr << suite.name() << "." << test.name() << " is in no folder that is run\n";
          return 1;
        }
        if (std::string_view(test.file()).find(place) == std::string_view::npos) continue;
        chosen.append(suite.name()).append(".").append(test.name()).append(":");
      }
    }
    // An empty filter would choose all.
    testing::GTEST_FLAG(filter) = chosen.empty() ? "-*" : chosen;
  } else if (argc > 1) {
    std::cerr << "unknown argument " << argument << "\n";
    return 1;
  }
  return RUN_ALL_TESTS();
}
