// What a parked Redis has and the new owner has not, byte for byte, while the old process lives:
// its replication backlog still holds it (redis.md section 2.3).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "core/result.hpp"
#include "core/types.hpp"
#include "redis/stream_part.hpp"
#include "redis/tls.hpp"

namespace redvip::redis {

struct TailRequest {
  Endpoint redis;
  std::string username;         // empty: the default user. Only used with a password.
  std::string password;         // empty: no AUTH. Appears in no text that comes back.
  StreamPart part;              // `replid` is its master_replid now, while it is parked
  std::string path;             // the file to make; must not exist
  Micros limit = Millis{1500};  // for the capture; at most 3 s count
  std::shared_ptr<Tls> tls{};   // none: in clear
};

struct TailReport {
  std::int64_t bytes = 0;          // of the stream: until - from + 1
  std::int64_t commands = 0;       // of clients: all but PING, SELECT, REPLCONF
  std::int64_t command_bytes = 0;  // of those
  std::int64_t prefix_bytes = 0;   // of the SELECT that stands before the stream in the file
  int database = 0;                // that it selects
  // False: no SELECT was found before the stream's first command. `database` is then the only one
  // that has keys, or 0.
  bool database_known = false;

  bool operator==(const TailReport&) const = default;
};

// Writes the bytes `from` to `until` of the stream into `path`, after a SELECT of the database in
// which they begin, so that `redis-cli --pipe` re-applies them.
//
// A parked Redis serves no replica, so for this moment it becomes a master with its writes paused:
// MULTI, CLIENT PAUSE 5000 WRITE, REPLICAOF NO ONE, EXEC; PSYNC on a second connection; then
// REPLICAOF 127.0.0.1 0, CLIENT KILL TYPE replica (whoever came meanwhile), CLIENT UNPAUSE. It is
// parked again on every path, at most 1 s after `limit`, over a new connection if the first was
// lost; its replication ID is another one then. A pause that someone else had set is over, too.
//
// Errors: it is not parked, or is loading, or older than 6.2 (no PAUSE WRITE), or has another
// history, or its backlog does not reach back to `from`: then nothing was done to it. Or what
// failed later. After an error there is no file. `done` is called exactly once, from `io`, which
// must run on one thread and until then: otherwise Redis stays a master.
void capture_tail(boost::asio::io_context& io, TailRequest request,
                  std::function<void(Result<TailReport>)> done);

}  // namespace redvip::redis
