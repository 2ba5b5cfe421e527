// The reader's buffer between two answers.
#include "redis/reply_guard.hpp"

#include <hiredis/async.h>

#include <string>

#include "catch.hpp"

using namespace redvip;

namespace {

const std::string long_answer = "$5000\r\n" + std::string(5000, 'x') + "\r\n";

// A context that is connected to nobody; somebody waits for an answer.
struct Reading {
  Reading() {
    context.c.reader = redisReaderCreate();
    context.replies.head = &waiting;
    redis::guard_replies(&context);
  }
  ~Reading() { redisReaderFree(context.c.reader); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  [[nodiscard]] redisReader* reader() { return context.c.reader; }
  void feed(const std::string& text) { redisReaderFeed(reader(), text.data(), text.size()); }
  // The answer's text; empty: it is not complete.
  std::string answer() {
    void* reply = nullptr;
    if (redisReaderGetReply(reader(), &reply) != REDIS_OK || reply == nullptr) return {};
    const std::string text = static_cast<redisReply*>(reply)->str;
    freeReplyObject(reply);
    return text;
  }

  redisAsyncContext context{};
  redisCallback waiting{};
};

}  // namespace

TEST_CASE("when an answer has been read its buffer is given back, and the next one can be read") {
  Reading reading;
  for (int i = 0; i < 3; ++i) {
    reading.feed(long_answer);
    REQUIRE(reading.answer().size() == 5000);
    const auto* used = reading.reader();
    redis::give_back_buffer(reading.context);
    CHECK(reading.reader() != used);
  }
}

TEST_CASE("the buffer of a long answer is given back with the short one that was read with it") {
  Reading reading;
  reading.feed(long_answer + "$2\r\nOK\r\n");
  REQUIRE(reading.answer().size() == 5000);
  redis::give_back_buffer(reading.context);
  REQUIRE(reading.answer() == "OK");
  const auto* used = reading.reader();
  redis::give_back_buffer(reading.context);
  CHECK(reading.reader() != used);
}

TEST_CASE("an answer nobody asked for is refused after that as before") {
  Reading reading;
  reading.feed(long_answer);
  REQUIRE(reading.answer().size() == 5000);
  redis::give_back_buffer(reading.context);
  reading.context.replies.head = nullptr;
  reading.feed("+OK\r\n");
  void* reply = nullptr;
  CHECK(redisReaderGetReply(reading.reader(), &reply) == REDIS_ERR);
}

TEST_CASE("a buffer with the beginning of the next answer stays") {
  Reading reading;
  reading.feed(long_answer + long_answer.substr(0, 100));
  REQUIRE(reading.answer().size() == 5000);
  const auto* used = reading.reader();
  redis::give_back_buffer(reading.context);
  CHECK(reading.reader() == used);
  reading.feed(long_answer.substr(100));
  CHECK(reading.answer().size() == 5000);
}
