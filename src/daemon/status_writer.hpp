// Keeps status.json: the status as it is when the file is due, written by a thread that does
// nothing else, because a disk can take seconds.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "daemon/status.hpp"

namespace redvip::daemon {

class StatusWriter {
 public:
  using Describe = std::function<DaemonStatus()>;
  using Failed = std::function<void(const Error&)>;

  // Starts the thread; `io` must outlive it.
  StatusWriter(boost::asio::io_context& io, std::string path, Describe describe, Failed failed);

  // Now; while another one is being written, soon after it.
  void write();
  // A change: many services change at once, what a change has still to do comes first, and all this
  // takes no more than a tenth of the time.
  void write_soon();
  // Waits for what is being written, and writes no more.
  void stop();

 private:
  void written(const Result<void>& result);

  boost::asio::io_context& io_;
  const std::string path_;
  Describe describe_;
  Failed failed_;
  boost::asio::steady_timer soon_;
  Instant began_{};
  Micros delay_;
  bool due_soon_ = false;
  // Beside a busy real-time loop the thread may stand still: one status is on its way to it and at
  // most one more is wanted, or they would fill the memory.
  bool under_way_ = false;
  bool wanted_again_ = false;
  boost::asio::thread_pool thread_{1};
};

}  // namespace redvip::daemon
