#include "daemon/children.hpp"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cstring>

namespace redvip::daemon {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const Children::Environment& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
  for (const auto& [name, value] : added) result.push_back(name + '=' + value);
  return result;
}

Result<void> outcome(int status, const std::string& program) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFSIGNALED(status)) {
    return failure("was ended by signal " + std::to_string(WTERMSIG(status)), program);
  }
  return failure("exited with " + std::to_string(WEXITSTATUS(status)), program);
}

}  // namespace

void Children::start(std::vector<std::string> argv, const Environment& added, Micros limit,
                     Ended ended) {
  auto environment = environment_with(added);
  const auto arguments = pointers(argv);
  const auto variables = pointers(environment);
  // A child of a real-time daemon with blocked signals is to be an ordinary process.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  sigset_t all;
  sigfillset(&all);
  const sched_param ordinary{};
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setschedpolicy(&attributes, SCHED_OTHER);
  posix_spawnattr_setschedparam(&attributes, &ordinary);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSCHEDULER);
  pid_t pid = 0;
  const int error =
      posix_spawnp(&pid, arguments[0], nullptr, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    boost::asio::post(io_, [ended = std::move(ended), program = argv[0], error] {
      ended(failure(std::string{"cannot be started: "} + std::strerror(error), program));
    });
    return;
  }
  auto timer = std::make_unique<boost::asio::steady_timer>(io_);
  timer->expires_after(limit);
  timer->async_wait([pid](const boost::system::error_code& cancelled) {
    if (!cancelled) ::kill(pid, SIGKILL);  // still ours: reap() cancels before it forgets the pid
  });
  running_.emplace(pid, Child{std::move(timer), argv[0], std::move(ended)});
}

void Children::reap() {
  for (auto child = running_.begin(); child != running_.end();) {
    int status = 0;
    if (::waitpid(child->first, &status, WNOHANG) != child->first) {
      ++child;
      continue;
    }
    auto ended = std::move(child->second.ended);
    auto result = outcome(status, child->second.program);
    child = running_.erase(child);
    boost::asio::post(io_,
                      [ended = std::move(ended), result = std::move(result)] { ended(result); });
  }
}

}  // namespace redvip::daemon
