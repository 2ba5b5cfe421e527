#include "daemon/cli_commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <fstream>
#include <iostream>
#include <thread>

#include "daemon/check.hpp"
#include "daemon/cli_daemon.hpp"
#include "daemon/config_file.hpp"
#include "daemon/explain.hpp"
#include "daemon/files.hpp"
#include "daemon/render.hpp"
#include "daemon/runner.hpp"

namespace redvip::daemon {

namespace {

std::optional<Config> load(const Invocation& asked, const LoadOptions& options) {
  auto config = load_config(asked.config, options);
  if (config) return *std::move(config);
  for (const auto& error : config.error()) std::cerr << error.text() << '\n';
  return std::nullopt;
}

std::optional<Config> load_as_node(const Invocation& asked) {
  return load(asked, {.node = asked.node, .host_addresses = host_addresses()});
}

struct Screen {
  std::string text;
  int exit_code = 0;
};

Screen status_screen(const Config& config, const Invocation& asked) {
  const auto running = running_daemon(config.daemon);
  constexpr int dead = static_cast<int>(Health::not_running);
  if (!running.status) return {running.trouble + '\n', dead};
  const auto colour = isatty(STDOUT_FILENO) == 1 ? Colour::always : Colour::never;
  const auto time = wall_time();
  Screen screen{asked.json ? running.text + '\n' : render_status(*running.status, time, colour),
                running.trouble.empty() ? exit_code(*running.status, time) : dead};
  if (!running.trouble.empty() && !asked.json) screen.text += '\n' + running.trouble + '\n';
  if (asked.watch) {
    screen.text += "\nlatest events:\n";
    constexpr std::size_t events = 5;
    for (const auto& record : latest_history(config.daemon, events)) {
      screen.text += ' ' + render_history(record) + '\n';
    }
  }
  return screen;
}

// Writes over what is there and erases the rest (ECMA-48 CUP, EL, ED), so that nothing flickers.
void redraw(const std::string& text) {
  std::string drawn = "\x1b[H";
  for (const char c : text) {
    if (c == '\n') drawn += "\x1b[K";
    drawn += c;
  }
  std::cout << drawn << "\x1b[J" << std::flush;
}

}  // namespace

std::optional<Config> inspect_config(const Invocation& asked) {
  return load(asked, {.node = {}, .host_addresses = {}, .purpose = Purpose::inspect});
}

int run(const Invocation& asked) {
  auto config = load_as_node(asked);
  if (!config) return exit_usage;
  bool stops = false;
  for (const auto& finding : check_host_for_start(*config)) {
    if (finding.level != Level::ok) std::cerr << finding.line() << '\n';
    stops = stops || finding.stops_run;
  }
  if (stops) return exit_usage;
  return run_daemon(std::move(*config), asked.config);
}

int show_status(const Invocation& asked) {
  const auto config = inspect_config(asked);
  if (!config) return exit_usage;
  while (asked.watch) {
    redraw(status_screen(*config, asked).text);
    std::this_thread::sleep_for(Millis{200});
  }
  const auto screen = status_screen(*config, asked);
  std::cout << screen.text;
  return screen.exit_code;
}

int show_explanation(const Invocation& asked) {
  const auto config = inspect_config(asked);
  if (!config) return exit_usage;
  const auto running = running_daemon(config->daemon);
  if (!running.status || !running.trouble.empty()) {
    std::cerr << running.trouble << '\n';
    return static_cast<int>(Health::not_running);
  }
  const auto history = latest_history(config->daemon, 1000);
  bool any = false;
  for (const auto& service : running.status->services) {
    if (asked.service && service.name != *asked.service) continue;
    std::cout << (any ? "\n" : "") << explain(service, history, wall_time());
    any = true;
  }
  if (any) return 0;
  std::cerr << "there is no service " << asked.service.value_or("at all") << '\n';
  return exit_usage;
}

int show_history(const Invocation& asked) {
  const auto config = inspect_config(asked);
  if (!config) return exit_usage;
  const auto path = history_path(config->daemon);
  errno = 0;
  std::ifstream file{path};
  if (!file) {
    const bool none = errno == ENOENT;
    std::cerr << path << ": " << (none ? "no transition yet" : cannot_be_read(errno)) << '\n';
    return static_cast<int>(Health::not_running);
  }
  std::deque<std::string> last;
  using Time = decltype(wall_time());
  const Time oldest = asked.since ? Time{wall_time() - *asked.since} : Time::min();
  for (std::string line; std::getline(file, line);) {
    const auto record = history_from_json_line(line);
    if (!record) {
      std::cerr << path << ": skipped a line: " << record.error().message << '\n';
      continue;
    }
    if (asked.service && record->service != *asked.service) continue;
    const auto time = parse_time(record->time);
    if (time.value_or(Time::max()) < oldest) continue;
    last.push_back(asked.json ? line : render_history(*record));
    if (last.size() > static_cast<std::size_t>(asked.count)) last.pop_front();
  }
  for (const auto& line : last) std::cout << line << '\n';
  return 0;
}

}  // namespace redvip::daemon
