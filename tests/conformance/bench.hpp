// One cable: at one end the device under test, at the other the tester, each in a network namespace
// of its own. All that comes from the device is recorded; a case asks the record.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/device.hpp"
#include "conformance/tester.hpp"
#include "conformance/wire.hpp"

namespace redvip::conformance {

// What the device does and should not; the text says what was found.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
void require(bool held, const std::string& otherwise);
[[nodiscard]] std::string millis(Nanos time);  // "722 ms"

// Reference/vrrp.md section 5: 30 ms or 5 %.
[[nodiscard]] Nanos tolerance(Nanos expected);

inline const Octets device_mac = mac("02:00:00:00:00:05");
inline const Octets tester_mac = mac("02:00:00:00:00:09");

class Bench {
 public:
  Bench(Kind kind, Router described);

  const Kind kind;
  const Router router;

  [[nodiscard]] const lab::NetworkNamespace& device_end() const { return host_.net; }
  [[nodiscard]] const lab::NetworkNamespace& tester_end() const { return owner_.net; }
  // Shell commands, before or after the start.
  void in_device(const std::string& command) const;
  void in_tester(const std::string& command) const;

  void start();         // the device; nothing is waited for
  void until_active();  // start, and until it leads
  void until_backup();  // start, and until it stands by below adverts of priority 200
  [[nodiscard]] Device& device() { return *device_; }
  [[nodiscard]] bool holds_vips() const;  // all of them
  [[nodiscard]] bool holds_any_vip() const;
  [[nodiscard]] bool is_alive() { return device_->process().running(); }

  // An advertisement that the device should believe, of a router with its settings.
  [[nodiscard]] Stimulus advert(int priority, const Peer& from = above) const;
  Nanos send(const Octets& frame);  // when it was sent
  Nanos send(const Stimulus& stimulus) { return send(frame(stimulus)); }

  // Records for that long. The second: and sends `chatter` at once and then every `period`.
  void listen(Nanos time);
  void listen(Nanos time, Nanos period, const std::function<void()>& chatter);
  // Keeps it in Backup: an advert of that priority each interval. When the last one was sent.
  Nanos hold(Nanos time, int priority = 200, const Peer& from = above);
  // The next one of the device and its VRID; throws Failure when there is none in that time.
  Advert next_advert(Nanos within);
  Advert next_advert();  // within two intervals

  // Of the record, since then.
  [[nodiscard]] std::vector<Advert> adverts(Nanos since = {}) const;
  [[nodiscard]] std::vector<AhFields> authentications(const std::string& password) const;
  [[nodiscard]] std::vector<Arp> arps(Nanos since = {}) const;
  [[nodiscard]] std::vector<NeighbourAdvert> neighbour_adverts(Nanos since = {}) const;
  [[nodiscard]] std::vector<Octets> echo_replies(Nanos since = {}) const;
  // Gratuitous ARP and unsolicited neighbour advertisements for a VIP: when, in order.
  [[nodiscard]] std::vector<Nanos> announcements(Nanos since = {}) const;

  // The claims of most cases. Sent just after an advert; `what` names the stimulus in a failure.
  void require_stays_active(const std::string& what, const Octets& stimulus);
  void require_ignores(const std::string& what, const Octets& stimulus);  // and says nothing to it
  void require_yields(const std::string& what, const Octets& stimulus);
  void require_steady(Nanos since, Nanos at_most);  // no gap between adverts above this
  void require_silent(Nanos since, const std::string& claim) const;  // no advert

 private:
  void connect() const;
  void record(Nanos until);
  void require_runs();
  [[nodiscard]] bool holds(const std::string& vip) const;

  lab::Host host_{"dut", device_address};
  lab::Host owner_{"owner", above.address};
  lab::Workspace workspace_;
  std::unique_ptr<Tester> tester_;
  std::unique_ptr<Device> device_;
  std::vector<Frame> record_;
};

}  // namespace redvip::conformance
