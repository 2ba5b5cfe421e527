#include "bench/machine.hpp"

#include <dirent.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "lab/lab.hpp"

namespace redvip::bench {
namespace {

double ticks_to_seconds(double ticks) {
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

struct ProcessStat {
  pid_t parent = 0;
  double own_ticks = 0;
  double children_ticks = 0;
};

// proc(5): after the name in brackets, which may hold blanks, field 4 is the parent, 14 to 17 are
// user and system time of the process and of its children.
ProcessStat process_stat(pid_t pid) {
  const std::string text = lab::read_file("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = text.rfind(')');
  ProcessStat stat;
  if (name_end == std::string::npos) return stat;
  std::istringstream rest{text.substr(name_end + 1)};
  std::string word;
  for (int field = 3; field <= 17 && rest >> word; ++field) {
    if (field == 4) stat.parent = std::atoi(word.c_str());
    if (field == 14 || field == 15) stat.own_ticks += std::atof(word.c_str());
    if (field == 16 || field == 17) stat.children_ticks += std::atof(word.c_str());
  }
  return stat;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  DIR* folder = ::opendir("/proc");
  if (folder == nullptr) throw lab::system_error("opendir /proc");
  while (const dirent* entry = ::readdir(folder)) {
    if (const int pid = std::atoi(entry->d_name); pid > 0) pids.push_back(pid);
  }
  ::closedir(folder);
  return pids;
}

std::string field_of(const char* path, const std::string& name) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(name, 0) != 0) continue;
    const std::size_t value = line.find_first_not_of(" \t:=\"", name.size());
    if (value == std::string::npos) return {};
    return line.substr(value, line.find_last_not_of(" \t\"") + 1 - value);
  }
  return {};
}

std::string first_match(const std::string& text, const std::string& before) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return "unknown";
  const std::size_t from = at + before.size();
  return text.substr(from, text.find_first_of(" \n", from) - from);
}

}  // namespace

std::vector<pid_t> descendants(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t pid : all_processes()) children.emplace(process_stat(pid).parent, pid);
  std::vector<pid_t> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]);
    for (auto child = first; child != last; ++child) found.push_back(child->second);
  }
  return found;
}

double cpu_seconds(pid_t pid) {
  const ProcessStat stat = process_stat(pid);
  return ticks_to_seconds(stat.own_ticks + stat.children_ticks);
}

double tree_cpu_seconds(pid_t root) {
  double sum = 0;
  for (const pid_t pid : descendants(root)) sum += cpu_seconds(pid);
  return sum;
}

Memory memory(pid_t pid) {
  const std::string file = "/proc/" + std::to_string(pid) + "/smaps_rollup";
  const auto mb = [&](const char* field) {
    return std::atof(field_of(file.c_str(), field).c_str()) * 1024 / 1e6;
  };
  return {mb("Rss"), mb("Pss")};
}

UseMeter::UseMeter(pid_t root) : root_{root}, begin_{read()} {}

// Of the machine only user, nice and system time: that is what processes are charged with. The
// kernel's own work on packets is nobody's.
UseMeter::Reading UseMeter::read() const {
  std::istringstream stat{lab::read_file("/proc/stat")};
  std::string word;
  Reading reading;
  stat >> word;
  for (int field = 1; field <= 8 && stat >> word; ++field) {
    const double seconds = ticks_to_seconds(std::atof(word.c_str()));
    if (field <= 3) reading.busy += seconds;
    if (field == 8) reading.stolen = seconds;
  }
  reading.ours = tree_cpu_seconds(root_);
  reading.at = std::chrono::steady_clock::now();
  return reading;
}

MachineUse UseMeter::taken() const {
  const Reading end = read();
  const double seconds = std::chrono::duration<double>(end.at - begin_.at).count();
  const double ours = end.ours - begin_.ours;
  const double foreign = std::max(0.0, end.busy - begin_.busy - ours);
  return {ours / seconds, foreign / seconds, (end.stolen - begin_.stolen) / seconds};
}

std::string machine_description() {
  utsname kernel{};
  ::uname(&kernel);
  std::ostringstream text;
  text.precision(3);
  text << std::thread::hardware_concurrency() << " cores, "
       << field_of("/proc/cpuinfo", "model name") << ", "
       << std::atof(field_of("/proc/meminfo", "MemTotal").c_str()) / 1e6 << " GB, Linux "
       << kernel.release << ", " << field_of("/etc/os-release", "PRETTY_NAME");
  return text.str();
}

Versions versions() {
  return {first_match(lab::run(lab::redvip_binary() + " --version").output, "redvip "),
          first_match(lab::run("keepalived --version").output, "Keepalived v"),
          first_match(lab::run(lab::redis_binary() + " --version").output, "v=")};
}

std::string utc_minute() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc);
  return text;
}

}  // namespace redvip::bench
