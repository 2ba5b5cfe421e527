#include "daemon/signals.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace redvip::daemon {

std::vector<SignalHelp> signal_reference() {
  return {
      {SIGHUP, "SIGHUP",
       "Read the configuration again: an invalid file changes nothing, of a valid one only what "
       "differs is applied."},
      {SIGUSR1, "SIGUSR1", "Write status.json now."},
      {SIGUSR2, "SIGUSR2",
       "Switchover: the owner hands over, a standby takes over, through every check."},
      {SIGTERM, "SIGTERM",
       "Hand over if somebody can take it, release everything, follow the new owner, exit."},
      {SIGINT, "SIGINT", "As SIGTERM."},
      {SIGRTMIN + 1, "SIGRTMIN+1", "Pause: watch, and change nothing."},
      {SIGRTMIN + 2, "SIGRTMIN+2", "Resume."},
  };
}

Result<std::unique_ptr<Signals>> Signals::open(boost::asio::io_context& io,
                                               const std::vector<int>& signals, Handler handler) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) {
    return failure(std::strerror(errno), "sigprocmask");
  }
  const int fd = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) return failure(std::strerror(errno), "signalfd");
  return std::unique_ptr<Signals>{new Signals{io, fd, std::move(handler)}};
}

Signals::Signals(boost::asio::io_context& io, int fd, Handler handler)
    : descriptor_{io, fd}, handler_{std::move(handler)} {
  wait();
}

void Signals::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (error) return;
                           read();
                           wait();
                         });
}

void Signals::read() {
  signalfd_siginfo info{};
  while (::read(descriptor_.native_handle(), &info, sizeof info) ==
         static_cast<ssize_t>(sizeof info)) {
    const bool queued = info.ssi_code == SI_QUEUE;
    handler_({static_cast<int>(info.ssi_signo), queued ? info.ssi_int : 0, info.ssi_uid});
  }
}

}  // namespace redvip::daemon
