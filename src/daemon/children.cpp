#include "daemon/children.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace redvip::daemon {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

void add_to(std::vector<std::string>& environment, const Children::Environment& added) {
  for (const auto& [name, value] : added) environment.push_back(name + '=' + value);
}

// Why a child did not become its program. `call` points into our image, which fork(2) copies.
struct Setback {
  const char* call;
  int error;
};

std::string sentence(const Setback& setback) {
  const bool execution = std::strncmp(setback.call, "exec", 4) == 0;
  if (execution && setback.error == ENOENT) {
    return "cannot be started: it, or the interpreter in its first line, does not exist";
  }
  std::string text = "cannot be started: ";
  if (!execution) text += std::string{setback.call} + ": ";
  text += std::strerror(setback.error);
  if (setback.error == EPERM && std::strncmp(setback.call, "set", 3) == 0) {
    text +=
        "; redvip may not run it as another user: leave `user` empty, or give the unit the "
        "drop-in script-users.conf of /usr/share/doc/redvip/examples";
  }
  return text;
}

// --- In the child, until it becomes the program: async-signal-safe calls only --------------------

void become_ordinary() {
  ::setsid();
  const sched_param ordinary{};
  ::sched_setscheduler(0, SCHED_OTHER, &ordinary);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
}

// The name of the call that failed, or nullptr. The group goes first, while we may change it.
const char* change_to(const User& user) {
  if (::geteuid() != 0 && ::geteuid() == user.id) return nullptr;
  if (::setgroups(0, nullptr) != 0) return "setgroups";
  if (::setresgid(user.group, user.group, user.group) != 0) return "setresgid";
  if (::setresuid(user.id, user.id, user.id) != 0) return "setresuid";
  return nullptr;
}

// As change_to(). What a change of user would undo comes after it.
const char* become(const User& user) {
  if (::chdir("/") != 0) return "chdir";
  const int nowhere = ::open("/dev/null", O_RDWR);
  if (nowhere < 0) return "open /dev/null";
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(nowhere, standard) < 0) return "dup2";
  }
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return "prctl";
  const rlimit none{};  // a LimitRTPRIO of the unit is the daemon's alone
  if (::setrlimit(RLIMIT_RTPRIO, &none) != 0) return "setrlimit";
  const char* failed = change_to(user);
  if (failed == nullptr && ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return "prctl";
  return failed;
}

// Nothing stays open but the standard streams: not all libraries use O_CLOEXEC (hiredis 0.14 does
// not). A path is not given to execvpe(): that would have sh run a file without an interpreter, so
// that a script which was cut to nothing would exit with 0.
const char* execute(char* const* arguments, char* const* environment) {
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (std::strchr(arguments[0], '/') != nullptr) {
    ::execve(arguments[0], arguments, environment);
    return "execve";
  }
  ::execvpe(arguments[0], arguments, environment);
  return "execvpe";
}

[[noreturn]] void run(const std::optional<User>& user, char* const* arguments,
                      char* const* environment, int report) {
  become_ordinary();
  const char* failed = user ? become(*user) : nullptr;
  if (failed == nullptr) failed = execute(arguments, environment);
  const Setback setback{failed, errno};
  (void)!::write(report, &setback, sizeof setback);
  ::_exit(127);
}

}  // namespace

// --- In the daemon -------------------------------------------------------------------------------

struct Children::Child {
  explicit Child(boost::asio::io_context& io) : timer{io} {}
  ~Child() { ::close(setback); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  boost::asio::steady_timer timer;
  std::string program;
  Micros limit{};
  Ended ended;
  int setback = -1;        // read end of a pipe, whose other end is closed by a successful exec
  std::string why_killed;  // empty: it was not

  void kill(pid_t pid, std::string why) {
    why_killed = std::move(why);
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);  // it may not lead a group yet
  }

  [[nodiscard]] Result<void> outcome(int status) const {
    Setback why{};
    if (::read(setback, &why, sizeof why) == static_cast<ssize_t>(sizeof why)) {
      return failure(sentence(why), program);
    }
    if (!why_killed.empty()) return failure(why_killed, program);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    if (WIFSIGNALED(status)) {
      return failure("was ended by signal " + std::to_string(WTERMSIG(status)), program);
    }
    return failure("exited with " + std::to_string(WEXITSTATUS(status)), program);
  }
};

Children::Children(boost::asio::io_context& io) : io_{io} {}
Children::~Children() = default;

pid_t Children::start(std::vector<std::string> argv, const Environment& added, Micros limit,
                      Ended ended) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  add_to(environment, added);
  return launch({}, std::move(argv), std::move(environment), limit, std::move(ended));
}

void Children::start_as(User user, std::vector<std::string> argv, const Environment& environment,
                        Micros limit, Ended ended) {
  std::vector<std::string> whole;
  add_to(whole, environment);
  launch(user, std::move(argv), std::move(whole), limit, std::move(ended));
}

// fork(2), not posix_spawn(3): that suspends us until the child has become its program, and the
// child is an ordinary process, which gets its turn late on a busy host: 30 to 48 ms, measured with
// 20 busy processes on 2 cores, half an advert interval. To fork took 0.4 ms with 10 MB of memory
// of its own, busy or not; the daemon has less than 2.
pid_t Children::launch(std::optional<User> user, std::vector<std::string> argv,
                       std::vector<std::string> environment, Micros limit, Ended ended) {
  const auto arguments = pointers(argv);
  const auto variables = pointers(environment);
  auto child = std::make_shared<Child>(io_);
  std::array<int, 2> report{};
  if (::pipe2(report.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    tell(std::move(ended), failure(sentence({"pipe2", errno}), argv[0]));
    return 0;
  }
  child->setback = report[0];
  const pid_t pid = ::fork();
  if (pid == 0) run(user, arguments.data(), variables.data(), report[1]);
  const int error = errno;
  ::close(report[1]);
  if (pid < 0) {
    tell(std::move(ended), failure(sentence({"fork", error}), argv[0]));
    return 0;
  }
  child->program = std::move(argv[0]);
  child->limit = limit;
  child->ended = std::move(ended);
  child->timer.expires_after(limit);
  child->timer.async_wait(
      [pid, weak = std::weak_ptr{child}](const boost::system::error_code& cancelled) {
        const auto self = weak.lock();  // gone once reaped: then the pid is no longer ours
        if (!self || cancelled) return;
        const auto time = std::chrono::duration_cast<Millis>(self->limit).count();
        self->kill(pid, "took longer than " + std::to_string(time) + " ms and was killed");
      });
  running_.emplace(pid, std::move(child));
  return pid;
}

void Children::kill(pid_t pid) {
  if (const auto child = running_.find(pid); child != running_.end())
    child->second->kill(pid, "was killed: nobody waits for it any longer");
}

void Children::reap() {
  for (auto child = running_.begin(); child != running_.end();) {
    int status = 0;
    if (::waitpid(child->first, &status, WNOHANG) != child->first) {
      ++child;
      continue;
    }
    tell(std::move(child->second->ended), child->second->outcome(status));
    child = running_.erase(child);
  }
}

void Children::tell(Ended ended, Result<void> result) {
  boost::asio::post(io_, [ended = std::move(ended), result = std::move(result)] { ended(result); });
}

Result<User> ordinary_user() {
  if (::geteuid() == 0) return find_user("nobody");
  return User{::geteuid(), ::getegid()};
}

Result<User> find_user(const std::string& name) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen("/etc/passwd", "re"),
                                                             &std::fclose};
  if (!file) return failure(std::string{"cannot be read: "} + std::strerror(errno), "/etc/passwd");
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  while (::fgetpwent_r(file.get(), &entry, buffer.data(), buffer.size(), &found) == 0) {
    if (name == entry.pw_name) return User{entry.pw_uid, entry.pw_gid};
  }
  return failure("there is no user " + name + " in /etc/passwd", "/etc/passwd");
}

}  // namespace redvip::daemon
