// Child processes, started without blocking the loop and ended at a limit.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/types.hpp"

namespace redvip::daemon {

class Children {
 public:
  // 0: exited with 0. Anything else, and why, is in the text.
  using Ended = std::function<void(Result<void>)>;
  using Environment = std::vector<std::pair<std::string, std::string>>;

  explicit Children(boost::asio::io_context& io) : io_{io} {}

  // `argv[0]` is a path or is looked up in PATH; no shell. Killed (SIGKILL) after `limit`.
  // `ended` is called from the loop, exactly once, also when the program could not be started.
  void start(std::vector<std::string> argv, const Environment& added, Micros limit, Ended ended);

  // To be called on SIGCHLD.
  void reap();

 private:
  struct Child {
    std::unique_ptr<boost::asio::steady_timer> limit;
    std::string program;
    Ended ended;
  };
  boost::asio::io_context& io_;
  std::map<pid_t, Child> running_;
};

}  // namespace redvip::daemon
