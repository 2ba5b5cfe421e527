#include "daemon/runner.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <thread>

#include "daemon/check.hpp"
#include "daemon/clock.hpp"
#include "daemon/config_file.hpp"
#include "daemon/metrics.hpp"
#include "daemon/metrics_server.hpp"
#include "daemon/realtime.hpp"
#include "daemon/request.hpp"
#include "daemon/restart_mark.hpp"
#include "daemon/services.hpp"
#include "daemon/signals.hpp"
#include "daemon/status_writer.hpp"
#include "daemon/systemd.hpp"

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
  Daemon(Config config, std::string config_path)
      : config_{std::move(config)}, config_path_{std::move(config_path)}, log_{config_.daemon} {}

  int run();

 private:
  Result<void> prepare();
  void on_signal(const Signals::Signal& signal);
  void on_request(const Signals::Signal& signal);
  void tell(int vrid, const Event& event, const char* what);
  void reload();
  void reloaded(const LoadResult& loaded);
  void apply(const Config& config);
  [[nodiscard]] DaemonStatus status() const;
  [[nodiscard]] std::string metrics() const;
  void write_status_regularly();
  void check_redis();
  [[nodiscard]] std::string runtime(const char* file) const {
    return config_.daemon.runtime_dir + '/' + file;
  }

  Config config_;
  std::string config_path_;
  Log log_;
  boost::asio::io_context io_{1};
  Systemd systemd_{io_};
  Children children_{io_};
  std::unique_ptr<Signals> signals_;
  std::optional<Kernel> kernel_;
  std::optional<netlink::Monitor> monitor_;
  boost::asio::steady_timer status_timer_{io_};
  // Their threads are started when the signals are blocked. The status does not wait for an fsync.
  std::optional<boost::asio::thread_pool> disk_;
  std::optional<StatusWriter> status_writer_;
  LoopTally loop_;
  std::optional<Services> services_;
  const std::int64_t started_at_ms_ = wall_now_ms();
  MetricsServer metrics_{io_, log_, [this] { return metrics(); }};
  std::jthread redis_check_;
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
  metrics_.listen(config_.daemon.metrics);
  write_status_regularly();
  check_redis();
  systemd_.ready();
  io_.run();
  services_->release_addresses();
  disk_->join();
  status_writer_->stop();
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
      Signals::open(io_, awaited, [this](const Signals::Signal& signal) { on_signal(signal); });
  if (!signals) return tl::unexpected(signals.error());
  signals_ = std::move(*signals);
  disk_.emplace(1);
  boost::asio::post(*disk_, [] { become_unhurried(); });
  status_writer_.emplace(
      io_, runtime("status.json"),
      [this] {
        auto now_is = status();
        systemd_.show(systemd_line(now_is.services));
        return now_is;
      },
      [this](const Error& error) { log_.warning(error.text()); });
  if (config_.daemon.realtime) {
    for (const auto& missing : become_realtime()) log_.warning(missing);
  }
  auto kernel = Kernel::open(io_);
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
      Machinery{io_, log_, *kernel_, children_, *disk_, config_.daemon.state_dir, loop_},
      Services::Callbacks{[this] { status_writer_->write_soon(); }, [this] { io_.stop(); }});
  return write_whole(runtime("redvip.pid"), std::to_string(::getpid()) + '\n');
}

void Daemon::on_signal(const Signals::Signal& signal) {
  if (signal.number == SIGCHLD) return children_.reap();
  if (signal.number == SIGUSR1) return status_writer_->write();
  if (signal.number == SIGHUP) return reload();
  if (signal.number != SIGTERM && signal.number != SIGINT) return on_request(signal);
  log_.info(std::string{"stopping on "} + (signal.number == SIGINT ? "SIGINT" : "SIGTERM"));
  systemd_.stopping();
  services_->stop(take_restart_mark(config_.daemon.runtime_dir));
}

void Daemon::on_request(const Signals::Signal& signal) {
  Request request;
  request.by = signal.uid == 0 ? "root" : "uid " + std::to_string(signal.uid);
  if ((signal.value & request_flag) != 0) {
    auto taken = take_request(config_.daemon.runtime_dir);
    if (!taken) return log_.warning("a request is not carried out: " + taken.error().text());
    request = *std::move(taken);
  }
  const int vrid = signal.value & ~request_flag;
  if (signal.number == SIGRTMIN + 1) {
    return tell(vrid, event::PauseAsked{request.length, request.by}, "pause");
  }
  if (signal.number == SIGRTMIN + 2) return tell(vrid, event::ResumeAsked{request.by}, "resume");
  event::SwitchoverAsked asked{{}, std::nullopt, request.reason, request.by};
  if (request.force) asked.forced_because = request.reason;
  if (!request.to.empty()) {
    const auto node = std::ranges::find(config_.nodes, request.to, &NodeConfig::name);
    if (node == config_.nodes.end()) {
      return log_.warning("switchover to " + request.to + ": there is no such node");
    }
    asked.to = static_cast<NodeIndex>(node - config_.nodes.begin());
  }
  tell(vrid, asked, "switchover");
}

void Daemon::tell(int vrid, const Event& event, const char* what) {
  if (services_->tell(vrid, event)) return;
  log_.warning(std::string{what} + " for vrid " + std::to_string(vrid) + ": no such service");
}

// Not read in the loop, where adverts are due. Those of 255 services would wait for a long file.
void Daemon::reload() {
  systemd_.reloading();
  LoadOptions options;
  options.node = config_.nodes[config_.self].name;
  boost::asio::post(*disk_, [this, options, path = config_path_] {
    boost::asio::post(io_, [this, loaded = load_config(path, options)] { reloaded(loaded); });
  });
}

// An invalid file changes nothing. A valid one changes what it says otherwise, and no more.
void Daemon::reloaded(const LoadResult& loaded) {
  if (loaded) {
    apply(*loaded);
  } else {
    for (const auto& error : loaded.error()) log_.error(error.text());
    log_.error("the running configuration stays as it is");
  }
  systemd_.ready();
}

void Daemon::apply(const Config& config) {
  // Whoever adds an address and reloads at once expects it to be seen.
  if (const auto read = monitor_->refresh(); !read) log_.warning(read.error().text());
  if (const auto applied = services_->apply(config, monitor_->snapshot()); !applied) {
    log_.error(applied.error().text());
    return log_.error("the running configuration stays as it is");
  }
  auto fixed = config.daemon;
  fixed.log_level = config_.daemon.log_level;
  fixed.log_format = config_.daemon.log_format;
  fixed.metrics = config_.daemon.metrics;
  if (fixed != config_.daemon) {
    log_.warning("state_dir, runtime_dir and realtime take effect when redvip is restarted");
  }
  log_.configure(config.daemon);
  const auto daemon = std::exchange(config_, config).daemon;
  config_.daemon.state_dir = daemon.state_dir;
  config_.daemon.runtime_dir = daemon.runtime_dir;
  config_.daemon.realtime = daemon.realtime;
  metrics_.listen(config_.daemon.metrics);
  log_.info("reloaded " + config_path_);
  status_writer_->write();
}

DaemonStatus Daemon::status() const {
  DaemonStatus status;
  status.version = REDVIP_VERSION;
  status.pid = ::getpid();
  status.node = config_.nodes[config_.self].name;
  status.written_at = utc_now();
  status.services = services_->status();
  return status;
}

std::string Daemon::metrics() const {
  return metrics_text(
      {status(), services_->tallies(), started_at_ms_, loop_.stalls(), loop_.longest(now())});
}

// Redis may be started or corrected later, so what is wrong with it stops nothing.
void Daemon::check_redis() {
  redis_check_ = std::jthread{[this, config = config_](const std::stop_token& stop) {
    boost::asio::post(io_, [this, problems = problems_of_own_redis(config, stop)] {
      for (const auto& problem : problems) log_.warning(problem.sentence());
    });
  }};
}

void Daemon::write_status_regularly() {
  status_writer_->write();
  services_->coordinate();
  status_timer_.expires_after(status_interval);
  status_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) write_status_regularly();
  });
}

}  // namespace

int run_daemon(Config config, std::string config_path) {
  Daemon daemon{std::move(config), std::move(config_path)};
  return daemon.run();
}

}  // namespace redvip::daemon
