// The operator's programs that are told what becomes of a service, so that scripts written for
// keepalived can be used as they are. They run one at a time, in the order of what happened, and
// nothing waits for them but the daemon's end.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/action.hpp"
#include "core/site.hpp"
#include "daemon/children.hpp"
#include "daemon/log.hpp"

namespace redvip::daemon {

class Notifier {
 public:
  enum class News : std::uint8_t { master, backup, fault, stop };

  // `site`, whose configuration counts at each change, and all others must outlive it.
  Notifier(boost::asio::io_context& io, Children& children, const Log& log, const Site& site);

  // Told in keepalived's words, MASTER, BACKUP and FAULT, and only where the word is another than
  // the one before.
  void transition(const Transition& transition, Priority priority);
  // Whether this node has the virtual IPs. As in keepalived, whatever is not MASTER is told when
  // they are gone.
  void hold_address(bool held);
  // The last word, STOP. `done` is called once, when all has been told or `timeout` has passed.
  void stop(Priority priority, std::function<void()> done);

 private:
  struct Notice {
    News news;
    std::list<std::vector<std::string>> programs;  // still to be run
    Children::Environment environment;
  };
  void tell(Notice notice, Priority priority);
  void make_room();
  void next();
  void ended(const Result<void>& result);
  void give_up();
  void finish();
  [[nodiscard]] Children::Environment environment(const std::string& state,
                                                  const std::string& previous,
                                                  const std::string& cause) const;
  void complain(const Notice& notice, const std::string& what) const;

  Children& children_;
  const Log& log_;
  const Site& site_;
  boost::asio::steady_timer limit_;  // of what is left to be told at the end
  std::list<Notice> waiting_;        // the first one may be running
  bool running_ = false;
  pid_t pid_ = 0;             // of what runs
  std::optional<News> told_;  // last, or to be told
  std::string state_;         // the service's own, now
  std::optional<NodeIndex> peer_;
  bool address_held_ = false;
  std::function<void()> done_;
  // For what runs: it goes on when this has gone.
  std::shared_ptr<std::monostate> alive_ = std::make_shared<std::monostate>();
};

}  // namespace redvip::daemon
