#include "lab/process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "lab/eventually.hpp"

namespace redvip::lab {
namespace fs = std::filesystem;
namespace {

constexpr const char* workspace_prefix = "redvip-lab-";

void remove_leftovers_of_the_dead() {
  for (const auto& entry : fs::directory_iterator{fs::temp_directory_path()}) {
    const std::string name = entry.path().filename();
    if (name.rfind(workspace_prefix, 0) != 0) continue;
    const int pid = std::atoi(name.c_str() + std::string{workspace_prefix}.size());
    std::error_code ignored;  // another lab may be removing it too
    if (!fs::exists("/proc/" + std::to_string(pid))) fs::remove_all(entry.path(), ignored);
  }
}

// Between fork and exec only what is safe after fork in a program that has threads.
[[noreturn]] void become(char* const* argv, const NetworkNamespace& where, int log, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent died before prctl
  ::setpgid(0, 0);                          // Ctrl-C is for the lab; it ends its processes itself
  ::signal(SIGPIPE, SIG_DFL);
  const auto& cores = where.cores;
  const bool ready = (!cores || ::sched_setaffinity(0, sizeof *cores, &*cores) == 0) &&
                     ::setns(where.fd(), CLONE_NEWNET) == 0 && ::dup2(log, STDOUT_FILENO) >= 0 &&
                     ::dup2(log, STDERR_FILENO) >= 0;
  if (ready) ::execvp(argv[0], argv);
  ::_exit(127);
}

}  // namespace

Workspace::Workspace() {
  remove_leftovers_of_the_dead();
  std::string name =
      fs::temp_directory_path() / (workspace_prefix + std::to_string(::getpid()) + "-XXXXXX");
  if (::mkdtemp(name.data()) == nullptr) throw system_error("mkdtemp " + name);
  path_ = name;
}

Workspace::~Workspace() {
  std::error_code ignored;
  if (std::getenv("REDVIP_LAB_KEEP") == nullptr) {
    fs::remove_all(path_, ignored);
  } else {  // under a name that the next lab does not take for a leftover
    fs::rename(path_, path_.parent_path() / ("kept-" + path_.filename().string()), ignored);
  }
}

Process::Process(const NetworkNamespace& where, std::vector<std::string> argv, fs::path log)
    : log_{std::move(log)} {
  std::vector<char*> words;
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  const int out = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) throw system_error("open " + log_.string());
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(words.data(), where, out, parent);
  ::close(out);
  if (pid_ < 0) throw system_error("fork");
}

Process::~Process() {
  end();
}

void Process::signal(int number) {
  if (running()) ::kill(pid_, number);
}

bool Process::running() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return !status_;
}

std::optional<int> Process::wait(std::chrono::milliseconds at_most) {
  eventually([this] { return !running(); }, at_most);
  return status_;
}

void Process::end() {
  signal(SIGTERM);
  signal(SIGCONT);  // a stopped process hears SIGTERM only when it is continued
  if (wait(std::chrono::seconds{5})) return;
  signal(SIGKILL);
  wait(std::chrono::seconds{5});
}

std::string Process::log() const {
  return read_file(log_);
}

std::string read_file(const fs::path& path) {
  std::ifstream in{path};
  // A failure to read, as of /proc when the process has just ended, stays in the stream.
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const fs::path& path, const std::string& text, bool executable) {
  std::ofstream{path} << text;
  if (executable) fs::permissions(path, fs::perms::owner_all);
}

std::unique_ptr<Process> run_keepalived(const NetworkNamespace& where,
                                        const std::filesystem::path& folder) {
  return std::make_unique<Process>(
      where,
      std::vector<std::string>{"keepalived", "-P", "-n", "-l", "-D", "-f",
                               folder / "keepalived.conf", "-p", folder / "keepalived.pid", "-r",
                               folder / "vrrp.pid"},
      folder / "daemon.log");
}

}  // namespace redvip::lab
