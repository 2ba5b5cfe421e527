#include "core/group.hpp"
#include "catch.hpp"

namespace redvip {
namespace {

const GroupAdvice nothing{};

TEST_CASE("services without a group have nothing to do with one another") {
  const auto advice = advise({{"cache", "", State::serving, false},
                              {"queue", "", State::fault, false},
                              {"jobs", "", State::standby, false}});
  for (const auto& each : advice) CHECK(each == nothing);
}

TEST_CASE("where the first of a group is owned the others are taken over, if they stand by") {
  const auto advice = advise({{"cache", "shop", State::serving, false},
                              {"queue", "shop", State::standby, false},
                              {"jobs", "shop", State::holding, false},
                              {"mail", "post", State::standby, false}});
  CHECK(advice[0] == nothing);
  CHECK(advice[1] == GroupAdvice{"", true});
  CHECK(advice[2] == nothing);
  CHECK(advice[3] == nothing);
}

TEST_CASE("it is the first that leads: one that follows does not draw it") {
  const auto advice =
      advise({{"cache", "shop", State::standby, false}, {"queue", "shop", State::serving, false}});
  CHECK(advice[0] == nothing);
}

TEST_CASE("one that cannot be owned here keeps the others away, but not itself") {
  const auto advice =
      advise({{"cache", "shop", State::standby, false}, {"queue", "shop", State::fault, false}});
  CHECK(advice[0] == GroupAdvice{"queue", false});
  CHECK(advice[1] == nothing);
}

TEST_CASE("of two that cannot be owned here each is kept away by the other, the rest by the first") {
  const auto advice = advise({{"cache", "shop", State::standby, false},
                              {"queue", "shop", State::fault, false},
                              {"jobs", "shop", State::fault, false}});
  CHECK(advice[0] == GroupAdvice{"queue", false});
  CHECK(advice[1] == GroupAdvice{"jobs", false});
  CHECK(advice[2] == GroupAdvice{"queue", false});
}

TEST_CASE("one that is down only because of the group does not hold the group down") {
  const auto advice =
      advise({{"cache", "shop", State::fault, true}, {"queue", "shop", State::standby, false}});
  CHECK(advice[1] == nothing);
}

}  // namespace
}  // namespace redvip
