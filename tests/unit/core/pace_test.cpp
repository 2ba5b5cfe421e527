#include "core/pace.hpp"

#include "catch.hpp"
#include "core/shared.hpp"

namespace redvip {
namespace {

TEST_CASE("work that may wait gets a tenth of the time, and rests no longer than the most") {
  CHECK(rest_after(Micros{0}, Millis{200}) == Micros{0});
  CHECK(rest_after(Millis{2}, Millis{200}) == Millis{18});
  CHECK(rest_after(Millis{100}, Millis{200}) == Millis{200});
}

TEST_CASE("what is shared is made once while anybody has it, and anew after the last has gone") {
  Shared<int, std::string> shared;
  int made = 0;
  const auto make = [&](std::string& value) -> Result<void> {
    ++made;
    value = "value";
    return {};
  };
  auto first = shared.get(1, make);
  auto second = shared.get(1, make);
  REQUIRE(first);
  CHECK(*first == *second);
  CHECK(made == 1);
  const auto other = shared.get(2, make);
  CHECK(made == 2);
  CHECK(*other != *first);
  first->reset();
  second->reset();
  CHECK(shared.get(1, make));
  CHECK(made == 3);
}

TEST_CASE("what cannot be made is an error each time, and is shared with nobody") {
  Shared<int, int> shared;
  CHECK_FALSE(shared.get(1, [](int&) -> Result<void> { return failure("no"); }));
  const auto made = shared.get(1, [](int& value) -> Result<void> {
    value = 7;
    return {};
  });
  REQUIRE(made);
  CHECK(**made == 7);
}

}  // namespace
}  // namespace redvip
