// One service in the real world: feeds its Node with what happens and does what the Node wants. It
// has no opinions; every `if` here is about sockets, not about VRRP or Redis.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <list>
#include <memory>
#include <variant>
#include <vector>

#include "core/group.hpp"
#include "daemon/children.hpp"
#include "daemon/files.hpp"
#include "daemon/journal_file.hpp"
#include "daemon/lan.hpp"
#include "daemon/log.hpp"
#include "daemon/metrics_tally.hpp"
#include "daemon/node.hpp"
#include "daemon/notifier.hpp"
#include "daemon/peer_watch.hpp"
#include "daemon/status.hpp"
#include "daemon/trackers.hpp"
#include "redis/connection.hpp"
#include "redis/stream_tail.hpp"

namespace redvip::daemon {

// What all services of the process share.
struct Machinery {
  boost::asio::io_context& io;
  const Log& log;
  Kernel& kernel;
  Children& children;
  // A disk can take seconds for an fsync: files are written by a thread that does nothing else.
  boost::asio::thread_pool& disk;
  std::string state_dir;
  LoopTally& loop;
};

class ServiceRunner {
 public:
  struct Callbacks {
    std::function<void()> changed;   // the status is worth writing now
    std::function<void()> finished;  // once: it has released everything and may go
  };

  // `site.service.interface` has been resolved. `tally` must outlive it.
  ServiceRunner(const Machinery& machinery, Site site, ServiceTally& tally, Callbacks callbacks);

  void start(const netlink::Snapshot& snapshot);
  void deliver(const Event& event);
  void network_changed(const netlink::Snapshot& snapshot);
  // The same service on the same nodes, otherwise configured.
  void reconfigure(ServiceConfig service);
  [[nodiscard]] GroupMember as_group_member() const;
  [[nodiscard]] ServiceStatus status() const;
  [[nodiscard]] const Site& site() const { return node_.service().site(); }
  // Whatever the state: the last thing before the process goes.
  void release_addresses() { lan_.release_addresses(); }
  // The process will be back at once. An owner that nobody could take over from ends here without
  // touching anything: its addresses stay on its Redis for 15 s. False: this one has to be told.
  [[nodiscard]] bool leave_for_restart();

 private:
  void settle_leftovers(const Event& event);
  void settle_leftovers(const Action& action);
  void end_leftovers();
  void carry_out(const Action& action);
  void arm(const action::Arm& arm);
  void send(const action::Send& send);
  void read_tail(const action::ReadTail& wanted);
  void keep_dataset(const action::KeepDataset& wanted);
  [[nodiscard]] Endpoint local_redis() const;
  [[nodiscard]] std::string diverged_folder() const { return machinery_.state_dir + "/diverged"; }
  [[nodiscard]] std::string tail_file() const {
    return diverged_folder() + "/." + site().service.name + ".tail";
  }
  void record(const Transition& transition);
  void finish();
  void tell_finished();
  void tell_presence();
  void connect_redis();
  void start_trackers();
  void write_file(std::function<Result<void>()> job);
  [[nodiscard]] std::optional<Journal> journal_at_start() const;

  Machinery machinery_;
  ServiceTally& tally_;
  Callbacks callbacks_;
  const std::string journal_path_;
  const JournalOwner journal_owner_;
  Node node_;
  Lan lan_;
  Notifier notifier_;
  std::optional<Trackers> trackers_;
  std::vector<boost::asio::steady_timer> timers_;  // by Timer
  std::shared_ptr<redis::Tls> tls_;                // to every Redis; none: in clear
  std::vector<std::unique_ptr<redis::Connection>> redis_;
  std::optional<PeerWatch> peers_;
  std::string since_;
  int commands_under_way_ = 0;
  bool reading_tail_ = false;  // until then Redis is a master that somebody has to park again
  std::optional<action::ReadTail> part_;  // what was to be read, and what was
  std::optional<redis::TailReport> tail_;
  std::string tail_problem_;
  bool leftovers_ = false;  // a predecessor's addresses are still there
  bool left_ = false;       // for a restart: nothing is done any more
  bool exiting_ = false;
  bool told_finished_ = false;
  std::list<Event> events_;
  bool delivering_ = false;
  // What comes back from a disk or a child after this object has gone sees that this has expired.
  std::shared_ptr<std::monostate> alive_ = std::make_shared<std::monostate>();
};

}  // namespace redvip::daemon
