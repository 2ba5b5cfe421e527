#include "redis/replication_stream.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

#include "core/types.hpp"

namespace redvip::redis {
namespace {

constexpr std::size_t longest_header = 24;      // "*", "$", any 64-bit number, and "\r\n"
constexpr std::size_t longest_short_word = 16;  // REPLCONF, and any database number
constexpr std::int64_t most_words = std::numeric_limits<std::int32_t>::max();  // as Redis
constexpr int most_imitations = 16;

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return text;
}

std::string shown(char byte) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "0x%02x", static_cast<unsigned char>(byte));
  return text.data();
}

}  // namespace

Result<void> ReplicationStream::read(std::string_view bytes) {
  while (!problem_ && !bytes.empty()) {
    std::size_t taken = 1;
    if (part_ == Part::bulk) {
      taken = read_bulk(bytes);
    } else {
      read_line(bytes.front());
    }
    bytes.remove_prefix(taken);
  }
  if (problem_) return tl::unexpected<Error>(*problem_);
  return {};
}

std::size_t ReplicationStream::read_bulk(std::string_view bytes) {
  const auto taken =
      static_cast<std::size_t>(std::min(bulk_left_, static_cast<std::int64_t>(bytes.size())));
  if (word_ < std::ssize(beginning_)) {
    auto& kept = beginning_[static_cast<std::size_t>(word_)];
    // One more than is short, so that a long word that begins like a short one is not taken for it.
    kept += bytes.substr(0, std::min(taken, longest_short_word + 1 - kept.size()));
  }
  count_.bytes += static_cast<std::int64_t>(taken);
  bulk_left_ -= static_cast<std::int64_t>(taken);
  if (bulk_left_ == 0) part_ = Part::bulk_end;
  return taken;
}

char ReplicationStream::opening() const {
  switch (part_) {
    case Part::array:
      return '*';
    case Part::bulk_size:
      return '$';
    default:
      return '\r';
  }
}

// A master that has nothing to say may say so with a newline between two commands.
void ReplicationStream::read_line(char next) {
  const bool keepalive = between_commands() && next == '\n';
  if (line_.empty() && !keepalive && next != opening()) {
    return fail("found " + shown(next) + " where " + shown(opening()) + " belongs");
  }
  if (between_commands()) command_at_ = count_.bytes;
  ++count_.bytes;
  if (keepalive) return;
  line_ += next;
  if (line_.size() > longest_header) return fail("a header without an end");
  if (next != '\n') return;
  const auto line = std::exchange(line_, {});
  if (!line.ends_with("\r\n")) return fail("a line that ends without a carriage return");
  line_ended(std::string_view{line}.substr(0, line.size() - 2));
}

void ReplicationStream::line_ended(std::string_view line) {
  if (part_ == Part::bulk_end) {
    if (line.empty()) return next_word();
    return fail("a word that is longer than announced");
  }
  const auto number = parse_integer(line.substr(1)).value_or(-1);
  if (part_ == Part::bulk_size) {
    if (number < 0) return fail("no length of a word: " + std::string{line.substr(1)});
    bulk_left_ = number;
    part_ = number == 0 ? Part::bulk_end : Part::bulk;
    return;
  }
  if (number < 1 || number > most_words) {
    return fail("no number of words: " + std::string{line.substr(1)});
  }
  words_ = number;
  word_ = 0;
  beginning_ = {};
  part_ = Part::bulk_size;
}

void ReplicationStream::next_word() {
  ++word_;
  part_ = word_ < words_ ? Part::bulk_size : Part::array;
  if (word_ == words_) command_ended();
}

void ReplicationStream::command_ended() {
  const auto name = upper(beginning_[0]);
  if (name == "PING" || name == "REPLCONF") return;
  if (name == "SELECT") {
    const auto database = parse_integer(beginning_[1]).value_or(-1);
    if (database < 0 || database > most_words) return fail("SELECT of no database");
    database_ = static_cast<int>(database);
    return;
  }
  began_in_a_database_ |= !database_;
  ++count_.commands;
  count_.command_bytes += count_.bytes - command_at_;
}

void ReplicationStream::fail(const std::string& what) {
  problem_ = Error{"no replication stream: " + what, "byte " + std::to_string(count_.bytes)};
}

std::optional<int> database_after(std::string_view before) {
  constexpr std::string_view select = "*2\r\n$6\r\nSELECT\r\n";
  auto at = before.rfind(select);
  for (int tried = 0; at != std::string_view::npos && tried < most_imitations; ++tried) {
    ReplicationStream rest;
    if (rest.read(before.substr(at)) && rest.between_commands()) return rest.database();
    at = at == 0 ? std::string_view::npos : before.rfind(select, at - 1);
  }
  return std::nullopt;
}

std::string to_resp(const Words& words) {
  auto text = '*' + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words) {
    text += '$' + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return text;
}

}  // namespace redvip::redis
