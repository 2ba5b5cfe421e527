// Keeps what a diverged Redis had, before it follows another and forgets it: its RDB file, and the
// part of its replication stream that the new owner lacks.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "core/result.hpp"
#include "daemon/children.hpp"
#include "daemon/divergence_files.hpp"
#include "redis/tls.hpp"

namespace redvip::daemon {

struct SaveRequest {
  std::string folder;   // of all saves; made where it is missing
  std::string service;  // its name, without '/'
  std::string utc;      // utc_now()
  Endpoint redis;       // the local one, whose BGSAVE is done
  std::string username;
  std::string password;  // in no text and no file
  Divergence divergence;
  StoreLimits limits;
  std::string tail_file{};  // made by redis/stream_tail.hpp, on the same file system
  std::optional<redis::TailReport> tail{};  // none: there is no such file ...
  std::string tail_problem{};               // ... and why not
  std::shared_ptr<redis::Tls> tls{};        // to the Redis
};

struct Kept {
  std::string path;     // of the save's directory
  std::string problem;  // of the tail or the README, which does not undo the rest
};

// Makes the directory <folder>/<service>-<utc>, for root alone, in this order:
//   dataset.rdb  a hard link to Redis's own file (CONFIG GET dir, dbfilename), which is instant,
//                or a copy made by cp(1) where that is another file system
//   tail.resp    what was read of the stream beforehand
//   README.txt   what this is, how to look at it and how to re-apply it
// Then all of it is on the disk (sync(1)), and the oldest saves beyond the limits are removed.
//
// Error: dataset.rdb could not be kept, or it is not known to be on the disk. That there is no
// tail, or that an old save could not be removed, is none. `kept` is called exactly once, from
// `io`; `children` and `io` must live until then.
void keep_divergence(boost::asio::io_context& io, Children& children, SaveRequest request,
                     std::function<void(Result<Kept>)> kept);

}  // namespace redvip::daemon
