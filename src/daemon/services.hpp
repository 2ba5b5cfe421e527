// All services of the process: starts and ends them, passes on what concerns them, and applies a
// configuration that was read again with as little as changed.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/group.hpp"
#include "daemon/service_runner.hpp"

namespace redvip::daemon {

class Services {
 public:
  struct Callbacks {
    std::function<void()> changed;   // the status is worth writing now
    std::function<void()> finished;  // after stop(): all have released everything
  };

  Services(const Machinery& machinery, Callbacks callbacks)
      : machinery_{machinery}, callbacks_{std::move(callbacks)} {}

  // Refused where a service's interface cannot be told; then nothing has been started.
  [[nodiscard]] Result<void> start(const Config& config, const netlink::Snapshot& snapshot);
  // Of a running daemon: what is the same goes on untouched, what changed is told to its service,
  // and only a service that is another one now (its vrid, nodes, interface ...) is stopped, as by
  // SIGTERM, and started anew. Refused like start(); then all is as it was. Does nothing after
  // stop().
  [[nodiscard]] Result<void> apply(const Config& config, const netlink::Snapshot& snapshot);

  // vrid 0: every service. A switchover of one takes the services of its group along. False: there
  // is no such service.
  bool tell(int vrid, const Event& event);
  void network_changed(const netlink::Snapshot& snapshot);
  // `restart`: the process will be back at once (ServiceRunner::leave_for_restart).
  void stop(bool restart);
  // Whatever the state: the last thing before the process goes.
  void release_addresses();
  [[nodiscard]] std::vector<ServiceStatus> status() const;
  [[nodiscard]] std::vector<const ServiceTally*> tallies() const;  // in the order of status()
  // What the services of a group have to do with one another; to be called now and then as well.
  void coordinate();

 private:
  struct Slot {
    ServiceTally tally;  // of all its runners, one after the other
    std::unique_ptr<ServiceRunner> runner;
    std::optional<Site> next;  // what comes in its place once it has ended
    bool ending = false;
    GroupAdvice advice;
    std::optional<Instant> asked_at;  // to follow the first service of its group
  };
  using Slots = std::vector<std::unique_ptr<Slot>>;

  [[nodiscard]] Result<std::vector<Site>> sites(const Config& config,
                                                const netlink::Snapshot& snapshot) const;
  void add(Site site);
  void welcome();
  void launch(Slot& slot, Site site);
  void end(Slot& slot);
  void ended(Slot* slot);
  void changed(const Slot& slot);

  Machinery machinery_;
  Callbacks callbacks_;
  Slots slots_;
  std::deque<Site> arriving_;  // that a reload brought and that are not launched yet
  netlink::Snapshot snapshot_;
  bool stopping_ = false;
  bool coordinating_soon_ = false;
};

}  // namespace redvip::daemon
