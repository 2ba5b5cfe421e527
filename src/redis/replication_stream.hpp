// A replication stream as a master sends it after +CONTINUE: commands in RESP, as arrays of bulk
// strings, and a lone newline now and then (redis.io, "Redis serialization protocol";
// replicationFeedSlaves and replicationCron in Redis's replication.c).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "redis/command.hpp"

namespace redvip::redis {

// Of clients are all commands but those that a master says for itself: PING, SELECT, REPLCONF. A
// transaction's MULTI and EXEC are of clients.
struct StreamCount {
  std::int64_t bytes = 0;          // all that was read
  std::int64_t commands = 0;       // of clients, read to their end
  std::int64_t command_bytes = 0;  // of those

  bool operator==(const StreamCount&) const = default;
};

// Keeps only a header and two short words, whatever the size of the commands.
class ReplicationStream {
 public:
  // The next bytes, cut anywhere. Error: something that no master says, and after how many bytes.
  // Every later call returns the same error and reads nothing.
  [[nodiscard]] Result<void> read(std::string_view bytes);

  [[nodiscard]] const StreamCount& count() const { return count_; }
  [[nodiscard]] bool between_commands() const { return part_ == Part::array && line_.empty(); }
  // Of the last SELECT. None yet: a reader must know it from what came before.
  [[nodiscard]] std::optional<int> database() const { return database_; }
  // Whether a client's command came before any SELECT.
  [[nodiscard]] bool began_in_a_database() const { return began_in_a_database_; }

 private:
  enum class Part : std::uint8_t { array, bulk_size, bulk, bulk_end };

  std::size_t read_bulk(std::string_view bytes);
  void read_line(char next);
  void line_ended(std::string_view line);
  void next_word();
  void command_ended();
  [[nodiscard]] char opening() const;
  void fail(const std::string& what);

  StreamCount count_;
  std::optional<int> database_;
  bool began_in_a_database_ = false;
  std::optional<Error> problem_;

  Part part_ = Part::array;
  std::string line_;                      // of a header, as far as it is read
  std::int64_t words_ = 0;                // of this command
  std::int64_t word_ = 0;                 // which one is being read
  std::int64_t bulk_left_ = 0;            // bytes of it still to come
  std::array<std::string, 2> beginning_;  // the first words, where they are short
  std::int64_t command_at_ = 0;
};

// The database in which the command after `before` will run, which is any part of a stream that
// ends between two commands; it may begin inside one. nullopt: no SELECT is in it. A value that
// looks like a SELECT is not taken for one, unless it imitates a whole stream to its end.
[[nodiscard]] std::optional<int> database_after(std::string_view before);

// One command as it stands in a stream, and as a client may send it.
[[nodiscard]] std::string to_resp(const Words& words);

}  // namespace redvip::redis
