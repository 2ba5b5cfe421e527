#include "daemon/track_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>

#include "core/tracker.hpp"

namespace redvip::daemon {
namespace {

Result<void> judge(int fd) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return failure(std::strerror(errno), "fstat");
  if (!S_ISREG(about.st_mode)) return failure("is not a regular file");
  std::array<char, track_file_limit> content{};
  const auto size = ::read(fd, content.data(), content.size());
  if (size < 0) return failure(std::string{"cannot be read: "} + std::strerror(errno));
  return judge_track_file({content.data(), static_cast<std::size_t>(size)});
}

// O_NONBLOCK: a FIFO would wait for its writer.
Result<void> judge(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return failure(std::string{"cannot be opened: "} + std::strerror(errno), path);
  auto result = judge(fd);
  ::close(fd);
  return result;
}

}  // namespace

struct FileTracker::State : std::enable_shared_from_this<State> {
  FileTrack track;
  Report report;
  boost::asio::steady_timer timer;

  State(boost::asio::io_context& io, FileTrack what, Report to)
      : track{std::move(what)}, report{std::move(to)}, timer{io} {}

  void after(Micros time) {
    timer.expires_after(time);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
      const auto self = weak.lock();
      if (!self || cancelled) return;
      self->after(self->track.interval);
      self->report(judge(self->track.path));
    });
  }
};

FileTracker::FileTracker(boost::asio::io_context& io, FileTrack track, Report report)
    : state_{std::make_shared<State>(io, std::move(track), std::move(report))} {
  state_->after(Micros{0});
}

}  // namespace redvip::daemon
