// What the journal remembers of the lines that a dataset went through (redis.md section 2.1).
#include "core/journal.hpp"

#include "catch.hpp"

namespace redvip {
namespace {

std::string line(char id) {
  return std::string(40, id);
}

JournalEntry entry(const std::string& run, Dataset own) {
  JournalEntry entry;
  entry.run_id = run;
  entry.own = std::move(own);
  entry.needed = entry.own;
  return entry;
}

JournalEntry promoted(JournalEntry from, char id) {
  from.replid2 = from.own.replid;
  from.second_repl_offset = from.own.offset + 1;
  from.own.replid = line(id);
  return from;
}

const JournalEntry first = entry("run 1", {line('1'), 400, 10});

TEST_CASE("an offset that moves on leaves no past") {
  auto later = first;
  later.own.offset = 500;
  CHECK(noted(noted(std::nullopt, first), later).past.empty());
}

TEST_CASE("each promotion, or partial resync into a new line, is remembered, however many") {
  auto journal = noted(std::nullopt, first);
  auto now = first;
  for (const char id : {'2', '3', '4'}) {
    now = promoted(now, id);
    now.own.offset += 100;
    journal = noted(journal, now);
  }
  CHECK(journal.past == std::vector<PastLine>{{line('1'), 400, true},
                                              {line('2'), 500, true},
                                              {line('3'), 600, true}});
}

TEST_CASE("an append-only file makes Redis forget its line, and the journal does not") {
  auto replayed = entry("run 2", {line('7'), 0, 10});
  CHECK(noted(noted(std::nullopt, first), replayed).past ==
        std::vector<PastLine>{{line('1'), 400, false}});
}

TEST_CASE("a restart without data, or with hardly any, has no past") {
  auto journal = noted(noted(std::nullopt, first), promoted(first, '2'));
  CHECK(noted(journal, entry("run 2", {line('7'), 0, 0})).past.empty());
  CHECK(noted(journal, entry("run 2", {line('7'), 0, 2})).past.empty());
}

TEST_CASE("an older snapshot takes back what came after it") {
  auto journal = noted(noted(std::nullopt, first), promoted(first, '2'));
  journal = noted(journal, promoted(promoted(first, '2'), '3'));
  REQUIRE(journal.past.size() == 2);
  SECTION("as a replica, which keeps the line of the file") {
    CHECK(noted(journal, entry("run 2", {line('1'), 350, 9})).past.empty());
  }
  SECTION("as a master of 7.0, which keeps it as its second ID") {
    auto restored = promoted(entry("run 2", {line('1'), 350, 9}), '8');
    CHECK(noted(journal, restored).past == std::vector<PastLine>{{line('1'), 350, true}});
  }
}

TEST_CASE("a master that takes a new ID for its first replica is still the same dataset") {
  CHECK(noted(noted(std::nullopt, first), entry("run 1", {line('9'), 400, 10})).past ==
        std::vector<PastLine>{{line('1'), 400, false}});
}

TEST_CASE("after a full copy the old line is known as far as it was compared, or not at all") {
  auto copy = entry("run 1", {line('9'), 900, 50});
  copy.role = Role::replica;
  CHECK(noted(noted(std::nullopt, first), copy).past.empty());
  copy.joined_at = 380;
  CHECK(noted(noted(std::nullopt, first), copy).past ==
        std::vector<PastLine>{{line('1'), 380, true}});
}

TEST_CASE("no number of promotions makes the journal grow without end") {
  auto journal = noted(std::nullopt, first);
  auto now = first;
  for (char id = 'A'; id <= 'Z'; ++id) journal = noted(journal, now = promoted(now, id));
  for (char id = 'a'; id <= 'z'; ++id) journal = noted(journal, now = promoted(now, id));
  CHECK(journal.past.size() == Journal::most_lines);
  CHECK(journal.past.back().replid == line('y'));
}

TEST_CASE("the furthest that a node has been as the owner is kept after it is one no more") {
  auto served = first;
  served.served = true;
  auto journal = noted(std::nullopt, served);
  served.own.offset = 600;
  journal = noted(journal, served);
  journal = noted(journal, entry("run 1", {line('1'), 500, 10}));
  CHECK(journal.last_served == Dataset{line('1'), 600, 10});
}

}  // namespace
}  // namespace redvip
