// Child processes, started without holding up the loop and ended at a limit.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/types.hpp"

namespace redvip::daemon {

// Whom a program runs as: with its primary group and no other.
struct User {
  uid_t id = 0;
  gid_t group = 0;
};

// Looks it up in /etc/passwd and nowhere else: a directory service would make the loop wait.
[[nodiscard]] Result<User> find_user(const std::string& name);
// Whom a script runs as that nobody said a user for: nobody, where the daemon is root; else the
// daemon's own user, since it may not be another.
[[nodiscard]] Result<User> ordinary_user();

class Children {
 public:
  // An error says why it was not an exit with 0, with the program as its place.
  using Ended = std::function<void(Result<void>)>;
  using Environment = std::vector<std::pair<std::string, std::string>>;

  explicit Children(boost::asio::io_context& io);
  ~Children();  // what still runs goes on; nobody is told of its end
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  // `argv[0]` is a path or is looked up in PATH; no shell. A child is an ordinary process, whatever
  // the daemon is: of no real-time class, no signal blocked or ignored, nothing open but the
  // standard streams, leader of a new session. At `limit` it is killed (SIGKILL) with its whole
  // process group. `ended` is called from the loop, exactly once, also when the program could not
  // be started. It runs as the daemon does, with the daemon's environment, `added` to it.
  // Answers its pid, or 0.
  pid_t start(std::vector<std::string> argv, const Environment& added, Micros limit, Ended ended);

  // As start(), for a program that need not be trusted: as `user`, without capabilities, with this
  // environment only, in `/`, standard input and output on /dev/null, not longer than the daemon
  // lives, of no real-time class ever. As another user than its own a daemon that is not root can
  // run it only with CAP_SETUID and CAP_SETGID, and end it only with CAP_KILL.
  void start_as(User user, std::vector<std::string> argv, const Environment& environment,
                Micros limit, Ended ended);

  // One that was started here and has not been reaped, before its limit; any other is left alone.
  void kill(pid_t pid);

  // To be called on SIGCHLD.
  void reap();

 private:
  struct Child;
  pid_t launch(std::optional<User> user, std::vector<std::string> argv,
               std::vector<std::string> environment, Micros limit, Ended ended);
  void tell(Ended ended, Result<void> result);

  boost::asio::io_context& io_;
  std::map<pid_t, std::shared_ptr<Child>> running_;
};

}  // namespace redvip::daemon
