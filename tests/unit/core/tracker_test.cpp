#include "core/tracker.hpp"

#include "catch.hpp"
#include "core/track.hpp"

namespace redvip {
namespace {

const Result<void> good{};
const Result<void> bad = failure("exited with 1", "/check");

TEST_CASE("a track is unknown until its first result, which decides at once") {
  Tracker tracker{5, 5};
  CHECK(tracker.state() == TrackState::unknown);
  CHECK(tracker.why() == "");
  SECTION("a success makes it up, whatever rise says") {
    CHECK(tracker.take(good));
    CHECK(tracker.state() == TrackState::up);
  }
  SECTION("a failure makes it down, whatever fall says, and says why") {
    CHECK(tracker.take(bad));
    CHECK(tracker.state() == TrackState::down);
    CHECK(tracker.why() == "exited with 1");
  }
}

TEST_CASE("a track goes down at the fall-th failure in a row, not earlier") {
  Tracker tracker{1, 3};
  REQUIRE(tracker.take(good));
  for (int attempt = 0; attempt < 2; ++attempt) {  // a success between starts the count anew
    CHECK_FALSE(tracker.take(bad));
    CHECK_FALSE(tracker.take(bad));
    CHECK_FALSE(tracker.take(good));
  }
  CHECK_FALSE(tracker.take(bad));
  CHECK_FALSE(tracker.take(bad));
  CHECK(tracker.state() == TrackState::up);
  CHECK(tracker.why() == "");
  CHECK(tracker.take(bad));
  CHECK(tracker.state() == TrackState::down);
}

TEST_CASE("a track comes up at the rise-th success in a row, and no failure is left") {
  Tracker tracker{3, 1};
  REQUIRE(tracker.take(bad));
  CHECK_FALSE(tracker.take(good));
  CHECK_FALSE(tracker.take(good));
  CHECK_FALSE(tracker.take(bad));
  CHECK_FALSE(tracker.take(good));
  CHECK_FALSE(tracker.take(good));
  CHECK(tracker.state() == TrackState::down);
  CHECK(tracker.take(good));
  CHECK(tracker.state() == TrackState::up);
  CHECK(tracker.why() == "");
}

TEST_CASE("a track that stays down tells its latest failure, and no change") {
  Tracker tracker{1, 1};
  REQUIRE(tracker.take(bad));
  CHECK_FALSE(tracker.take(failure("does not exist", "/check")));
  CHECK(tracker.why() == "does not exist");
}

TEST_CASE("with rise and fall of 1 every other result is a change") {
  Tracker tracker{1, 1};
  for (int i = 0; i < 3; ++i) {
    CHECK(tracker.take(bad));
    CHECK(tracker.take(good));
    CHECK_FALSE(tracker.take(good));
  }
}

TEST_CASE("a file that holds nothing or 0 is fine") {
  const auto* content = GENERATE("", "\n", " \t\r\n", "0", "0\n", " 0 \r\n", "000");
  INFO(content);
  CHECK(judge_track_file(content));
}

TEST_CASE("a file that holds any other number is a failure that names it") {
  CHECK(judge_track_file("1\n").error().message == "holds 1, not 0");
  CHECK(judge_track_file("-7").error().message == "holds -7, not 0");
  CHECK(judge_track_file(" 255 ").error().message == "holds 255, not 0");
}

TEST_CASE("a file that holds anything else is a failure that shows it") {
  const auto message = [](std::string_view content) {
    return judge_track_file(content).error().message;
  };
  CHECK(message("up\n") == "holds \"up\", which is not a number");
  CHECK(message("0 0") == "holds \"0 0\", which is not a number");
  CHECK(message("0x0") == "holds \"0x0\", which is not a number");
  CHECK(message("99999999999999999999") == "holds \"99999999999999999999\", which is not a number");
  CHECK(message({"\0\x1b[31m\xff", 7}) == "holds \"??[31m?\", which is not a number");
  CHECK(message(std::string(50, 'x')) ==
        "holds \"" + std::string(40, 'x') + "\"..., which is not a number");
}

TEST_CASE("a file that is too long is a failure, even where what was read of it is fine") {
  CHECK(judge_track_file(std::string(track_file_limit - 1, '0')));
  CHECK_FALSE(judge_track_file(std::string(track_file_limit, '0')));
  CHECK_FALSE(judge_track_file(std::string(track_file_limit, ' ')));
}

TEST_CASE("two tracks are equal only when all of them is, so that a reload can tell") {
  const Track ping{"gateway", PingTrack{IpAddress{0x0A4D0001}}, 0, 1, 1};
  auto other = ping;
  CHECK(ping == other);
  other.fall = 2;
  CHECK_FALSE(ping == other);
  other = ping;
  std::get<PingTrack>(other.what).timeout = Millis{300};
  CHECK_FALSE(ping == other);
  other.what = FileTrack{"/run/maintenance"};
  CHECK_FALSE(ping == other);
}

}  // namespace
}  // namespace redvip
