// redvip on one host and another maker's router on the other, as one virtual router: what a site
// has while it replaces its routers host by host.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "lab/lab.hpp"

namespace redvip::lab {

enum class Maker : std::uint8_t { keepalived, frr };

struct Mode {
  std::string name;
  Maker maker = Maker::keepalived;
  int version = 3;
  bool v6 = false;
  bool unicast = false;
  std::string auth{};  // keepalived's "PASS" or "AH"; empty: none

  [[nodiscard]] std::chrono::milliseconds interval() const;
  // After which one router has noticed that the other is gone, and has said so: the
  // active-down interval of priority 100, and one more advert.
  [[nodiscard]] std::chrono::milliseconds notice() const;
  [[nodiscard]] std::vector<std::string> virtual_ips() const;  // with their prefix length
};

[[nodiscard]] std::string link_local(const Host& host);

// The other maker's router. It preempts, as it does by default.
class OtherRouter {
 public:
  OtherRouter() = default;
  virtual ~OtherRouter() = default;
  OtherRouter(const OtherRouter&) = delete;
  OtherRouter& operator=(const OtherRouter&) = delete;

  virtual void start(int priority) = 0;
  virtual void stop() = 0;  // as its service manager does, and gone when this returns
  [[nodiscard]] virtual bool holds(const std::string& vip) const = 0;
};
// `host.folder` is theirs; `redvip` is the other one's address.
[[nodiscard]] std::unique_ptr<OtherRouter> make_keepalived(const Mode& mode, Node& host,
                                                           const Host& redvip);
[[nodiscard]] std::unique_ptr<OtherRouter> make_frr(const Mode& mode, Node& host);

class Peers {
 public:
  explicit Peers(Mode mode);  // hosts and Redis; no router runs yet

  void start_redvip(int priority, bool preempt);
  void stop_redvip() { lab.a.daemon->end(); }
  void start_other(int priority) { other_->start(priority); }
  void stop_other() { other_->stop(); }

  [[nodiscard]] bool redvip_leads() const { return redvip_holds() && !other_->holds(vip_); }
  [[nodiscard]] bool other_leads() const { return !redvip_holds() && other_->holds(vip_); }
  [[nodiscard]] bool redvip_stands_by() const { return lab.a.status().state == "standby"; }

  const Mode mode;
  Lab lab{};

 private:
  [[nodiscard]] bool redvip_holds() const { return lab.a.host.has_address(vip_); }

  std::string vip_;
  std::unique_ptr<OtherRouter> other_;
};

}  // namespace redvip::lab
