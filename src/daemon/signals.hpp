// Signals as values, in order and with their sigqueue(3) value, through signalfd(2).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace redvip::daemon {

// What the daemon obeys; for it, and for the manual.
struct SignalHelp {
  int number;
  std::string name;
  std::string does;
};
[[nodiscard]] std::vector<SignalHelp> signal_reference();

class Signals {
 public:
  struct Signal {
    int number = 0;
    int value = 0;     // what sigqueue gave along; 0 for a plain kill
    unsigned uid = 0;  // of the sender
  };
  using Handler = std::function<void(const Signal&)>;

  // Blocks `signals` in the calling thread and delivers them from the io_context instead.
  [[nodiscard]] static Result<std::unique_ptr<Signals>> open(boost::asio::io_context& io,
                                                             const std::vector<int>& signals,
                                                             Handler handler);

 private:
  Signals(boost::asio::io_context& io, int fd, Handler handler);
  void wait();
  void read();

  boost::asio::posix::stream_descriptor descriptor_;
  Handler handler_;
};

}  // namespace redvip::daemon
