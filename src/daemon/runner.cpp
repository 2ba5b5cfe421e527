#include "daemon/runner.hpp"

#include <signal.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "daemon/clock.hpp"
#include "daemon/config_file.hpp"
#include "daemon/force.hpp"
#include "daemon/realtime.hpp"
#include "daemon/services.hpp"
#include "daemon/signals.hpp"

#ifndef REDVIP_VERSION
#define REDVIP_VERSION "unknown"
#endif

namespace redvip::daemon {
namespace {

constexpr int exit_fine = 0;
constexpr int exit_unable = 6;
constexpr Millis status_interval{500};

class Daemon {
 public:
  Daemon(const Config& config, std::string config_path)
      : config_{config}, config_path_{std::move(config_path)}, log_{config.daemon} {}

  int run();

 private:
  Result<void> prepare();
  void on_signal(int signal, int value);
  void tell(int vrid, const Event& event, const char* what);
  void reload();
  void write_status();
  void write_status_regularly();
  [[nodiscard]] std::string runtime(const char* file) const {
    return config_.daemon.runtime_dir + '/' + file;
  }

  Config config_;
  std::string config_path_;
  Log log_;
  boost::asio::io_context io_{1};
  Children children_{io_};
  std::unique_ptr<Signals> signals_;
  std::optional<Kernel> kernel_;
  std::optional<netlink::Monitor> monitor_;
  boost::asio::steady_timer status_timer_{io_};
  std::optional<boost::asio::thread_pool> disk_;  // started when the signals are blocked
  std::optional<Services> services_;
};

int Daemon::run() {
  auto ready = prepare();
  if (ready) {
    log_.info("redvip " REDVIP_VERSION " on " + config_.nodes[config_.self].name + ", " +
              std::to_string(config_.services.size()) +
              (config_.services.size() == 1 ? " service" : " services"));
    ready = services_->start(config_, monitor_->snapshot());
  }
  if (!ready) {
    log_.error(ready.error().text());
    return exit_unable;
  }
  write_status_regularly();
  io_.run();
  services_->release_addresses();
  disk_->join();
  ::unlink(runtime("redvip.pid").c_str());
  ::unlink(runtime("status.json").c_str());
  log_.info("stopped");
  return exit_fine;
}

Result<void> Daemon::prepare() {
  ::signal(SIGPIPE, SIG_IGN);
  for (const auto& folder : {config_.daemon.state_dir, config_.daemon.runtime_dir}) {
    if (auto made = make_directory(folder); !made) return made;
  }
  std::vector<int> awaited{SIGCHLD};
  for (const auto& signal : signal_reference()) awaited.push_back(signal.number);
  auto signals =
      Signals::open(io_, awaited, [this](int signal, int value) { on_signal(signal, value); });
  if (!signals) return tl::unexpected(signals.error());
  signals_ = std::move(*signals);
  disk_.emplace(1);
  if (config_.daemon.realtime) {
    for (const auto& missing : become_realtime()) log_.warning(missing);
  }
  auto kernel = Kernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  kernel_.emplace(std::move(*kernel));
  if (const auto removed = kernel_->routes.remove_leftovers(); !removed) {
    log_.warning(removed.error().text());
  }
  auto monitor = netlink::Monitor::open(
      io_,
      [this](const netlink::Snapshot& snapshot) {
        if (services_) services_->network_changed(snapshot);
      },
      [this](const Error& error) { log_.warning(error.text()); });
  if (!monitor) return tl::unexpected(monitor.error());
  monitor_.emplace(std::move(*monitor));
  services_.emplace(
      Machinery{io_, log_, *kernel_, children_, *disk_, config_.daemon.state_dir},
      Services::Callbacks{[this] { boost::asio::post(io_, [this] { write_status(); }); },
                          [this] { io_.stop(); }});
  return write_whole(runtime("redvip.pid"), std::to_string(::getpid()) + '\n');
}

void Daemon::on_signal(int signal, int value) {
  if (signal == SIGCHLD) return children_.reap();
  if (signal == SIGUSR1) return write_status();
  if (signal == SIGHUP) return reload();
  if (signal == SIGUSR2) {
    event::SwitchoverAsked asked;
    if ((value & force_flag) != 0) asked.forced_because = take_reason(config_.daemon.runtime_dir);
    return tell(value & ~force_flag, asked, "switchover");
  }
  if (signal == SIGRTMIN + 1) return tell(value, event::PauseAsked{}, "pause");
  if (signal == SIGRTMIN + 2) return tell(value, event::ResumeAsked{}, "resume");
  log_.info(std::string{"stopping on "} + (signal == SIGINT ? "SIGINT" : "SIGTERM"));
  services_->stop();
}

void Daemon::tell(int vrid, const Event& event, const char* what) {
  if (services_->tell(vrid, event)) return;
  log_.warning(std::string{what} + " for vrid " + std::to_string(vrid) + ": no such service");
}

// An invalid file changes nothing. A valid one changes what it says otherwise, and no more.
void Daemon::reload() {
  LoadOptions options;
  options.node = config_.nodes[config_.self].name;
  const auto loaded = load_config(config_path_, options);
  if (!loaded) {
    for (const auto& error : loaded.error()) log_.error(error.text());
    return log_.error("the running configuration stays as it is");
  }
  if (const auto applied = services_->apply(*loaded, monitor_->snapshot()); !applied) {
    log_.error(applied.error().text());
    return log_.error("the running configuration stays as it is");
  }
  auto fixed = loaded->daemon;
  fixed.log_level = config_.daemon.log_level;
  fixed.log_format = config_.daemon.log_format;
  if (fixed != config_.daemon) {
    log_.warning("state_dir, runtime_dir and realtime take effect when redvip is restarted");
  }
  log_.configure(loaded->daemon);
  const auto daemon = std::exchange(config_, *loaded).daemon;
  config_.daemon.state_dir = daemon.state_dir;
  config_.daemon.runtime_dir = daemon.runtime_dir;
  config_.daemon.realtime = daemon.realtime;
  log_.info("reloaded " + config_path_);
  write_status();
}

void Daemon::write_status() {
  DaemonStatus status;
  status.version = REDVIP_VERSION;
  status.pid = ::getpid();
  status.node = config_.nodes[config_.self].name;
  status.written_at = utc_now();
  status.services = services_->status();
  const auto written = write_whole(runtime("status.json"), to_json(status));
  if (!written) log_.warning(written.error().text());
}

void Daemon::write_status_regularly() {
  write_status();
  services_->coordinate();
  status_timer_.expires_after(status_interval);
  status_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) write_status_regularly();
  });
}

}  // namespace

int run_daemon(const Config& config, const std::string& config_path) {
  Daemon daemon{config, config_path};
  return daemon.run();
}

}  // namespace redvip::daemon
