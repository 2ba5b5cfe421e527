#include "daemon/runner.hpp"

#include <signal.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <set>

#include "daemon/clock.hpp"
#include "daemon/config_file.hpp"
#include "daemon/force.hpp"
#include "daemon/realtime.hpp"
#include "daemon/service_runner.hpp"
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
  Result<void> start_services();
  void on_signal(int signal, int value);
  void tell(int vrid, const Event& event, const char* what);
  void reload();
  void write_status();
  void write_status_regularly();
  void service_finished(std::size_t index);
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
  std::vector<std::unique_ptr<ServiceRunner>> services_;
  std::optional<boost::asio::thread_pool> disk_;  // started when the signals are blocked
  std::set<std::size_t> finished_;
};

int Daemon::run() {
  auto ready = prepare();
  if (ready) ready = start_services();
  if (!ready) {
    log_.error(ready.error().text());
    return exit_unable;
  }
  write_status_regularly();
  io_.run();
  for (auto& service : services_) service->release_addresses();
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
  auto signals = Signals::open(
      io_, {SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGCHLD, SIGRTMIN + 1, SIGRTMIN + 2},
      [this](int signal, int value) { on_signal(signal, value); });
  if (!signals) return tl::unexpected(signals.error());
  signals_ = std::move(*signals);
  disk_.emplace(1);
  if (config_.daemon.realtime) {
    for (const auto& missing : become_realtime()) log_.warning(missing);
  }
  auto addresses = netlink::AddressManager::open();
  if (!addresses) return tl::unexpected(addresses.error());
  auto sockets = netlink::SocketDiag::open();
  if (!sockets) return tl::unexpected(sockets.error());
  kernel_.emplace(Kernel{std::move(*addresses), std::move(*sockets)});
  auto monitor = netlink::Monitor::open(
      io_,
      [this](const netlink::Snapshot& snapshot) {
        for (auto& service : services_) service->network_changed(snapshot);
      },
      [this](const Error& error) { log_.warning(error.text()); });
  if (!monitor) return tl::unexpected(monitor.error());
  monitor_.emplace(std::move(*monitor));
  return write_whole(runtime("redvip.pid"), std::to_string(::getpid()) + '\n');
}

Result<void> Daemon::start_services() {
  const auto& snapshot = monitor_->snapshot();
  log_.info("redvip " REDVIP_VERSION " on " + config_.nodes[config_.self].name + ", " +
            std::to_string(config_.services.size()) +
            (config_.services.size() == 1 ? " service" : " services"));
  for (std::size_t index = 0; index < config_.services.size(); ++index) {
    auto site = Site::of(config_, config_.services[index]);
    if (site.service.interface.empty()) {
      const auto address = site.nodes[site.self].address;
      const auto* interface = snapshot.by_address(address);
      if (!interface) {
        return failure("no interface carries " + address.text() +
                       ", this node's address: add it, or correct node.address");
      }
      site.service.interface = interface->name;
    }
    services_.push_back(std::make_unique<ServiceRunner>(
        Machinery{io_, log_, *kernel_, children_, *disk_, config_.daemon.state_dir},
        std::move(site),
        ServiceRunner::Callbacks{[this] { boost::asio::post(io_, [this] { write_status(); }); },
                                 [this, index] { service_finished(index); }}));
  }
  for (auto& service : services_) service->start(snapshot);
  return {};
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
  tell(0, event::TerminateAsked{}, "stop");
}

void Daemon::tell(int vrid, const Event& event, const char* what) {
  bool told = false;
  for (auto& service : services_) {
    if (vrid != 0 && service->site().service.vrid.value() != vrid) continue;
    told = true;
    service->deliver(event);
  }
  if (!told)
    log_.warning(std::string{what} + " for vrid " + std::to_string(vrid) + ": no such service");
}

// For now a reload only reads: it tells whether a restart would work.
void Daemon::reload() {
  LoadOptions options;
  options.node = config_.nodes[config_.self].name;
  const auto loaded = load_config(config_path_, options);
  if (loaded) {
    log_.warning(config_path_ + " is valid; restart redvip to apply it (one node at a time)");
    return;
  }
  for (const auto& error : loaded.error()) log_.error(error.text());
  log_.error("the running configuration stays as it is");
}

void Daemon::write_status() {
  DaemonStatus status;
  status.version = REDVIP_VERSION;
  status.pid = ::getpid();
  status.node = config_.nodes[config_.self].name;
  status.written_at = utc_now();
  for (const auto& service : services_) status.services.push_back(service->status());
  const auto written = write_whole(runtime("status.json"), to_json(status));
  if (!written) log_.warning(written.error().text());
}

void Daemon::write_status_regularly() {
  write_status();
  status_timer_.expires_after(status_interval);
  status_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) write_status_regularly();
  });
}

void Daemon::service_finished(std::size_t index) {
  finished_.insert(index);
  if (finished_.size() == services_.size()) io_.stop();
}

}  // namespace

int run_daemon(const Config& config, const std::string& config_path) {
  Daemon daemon{config, config_path};
  return daemon.run();
}

}  // namespace redvip::daemon
