// A tracked file: read at an interval, judged by what it says (judge_track_file()).
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "core/track.hpp"

namespace redvip::daemon {

// Reads it at once, then every `interval`; each time gives one result. Anything but a regular file
// that can be read is a failure. The file is read from the loop: it belongs on a local file system.
class FileTracker {
 public:
  using Report = std::function<void(const Result<void>&)>;

  FileTracker(boost::asio::io_context& io, FileTrack track, Report report);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace redvip::daemon
