#include <net/if.h>
#include <netinet/in.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <set>
#include <tuple>

#include "core/site.hpp"
#include "daemon/adverts.hpp"
#include "daemon/check_facts.hpp"
#include "daemon/clock.hpp"
#include "vrrp/ah.hpp"
#include "vrrp/receiver.hpp"

namespace redvip::daemon {

namespace {

// Everything that advertises one of our VRIDs on that service's interface, in any version and by
// any protocol and mode: strange speakers are what we look for. What the daemon would make of it is
// asked of vrrp::receive().
class Ear {
 public:
  Ear(const Config& config, HostFacts& host) : config_{config}, host_{host} {}

  void listen(Micros duration) {
    for (const auto& service : config_.services) {
      const auto* interface = interface_of(config_, service, host_.interfaces);
      if (interface != nullptr) open(*interface, service);
    }
    io_.run_for(duration);
    host_.listened = duration;
    host_.heard.assign(heard_.begin(), heard_.end());
  }

 private:
  struct Router {
    vrrp::Expectation expected;
    std::string interface;
  };

  void open(const InterfaceFacts& interface, const ServiceConfig& service) {
    const auto site = Site::of(config_, service);
    routers_.push_back({expectation(site), interface.name});
    const auto own = site.vrrp_address(site.self);
    const auto group = vrrp::multicast_group(own.family());
    for (const auto& bound_to : {group, own}) {
      if (bound_to == group && !interface.multicast) continue;
      open(interface.name, bound_to, vrrp::protocol_number);
      if (own.is_v4()) open(interface.name, bound_to, vrrp::ah_protocol_number);
    }
  }

  // An address that is not there is told by others, and makes nobody deaf.
  void open(const std::string& interface, IpAddress bound_to, int protocol) {
    if (!opened_.emplace(interface, bound_to, protocol).second) return;
    const auto index = static_cast<int>(::if_nametoindex(interface.c_str()));
    auto receiver = vrrp::Receiver::open(
        io_, {interface, index, bound_to, protocol},
        [this, interface](const vrrp::Datagram& datagram) { hear(interface, datagram); });
    if (receiver) {
      receivers_.push_back(std::move(*receiver));
    } else if (bound_to.multicast()) {
      host_.deaf = receiver.error().text();
    }
  }

  void hear(const std::string& interface, const vrrp::Datagram& datagram) {
    const auto ip = vrrp::decode_ip(datagram);
    if (!ip) return;
    const auto before = ip->protocol == vrrp::ah_protocol_number ? vrrp::ah_length : 0;
    if (ip->payload.size() < before + vrrp::header_length) return;
    const auto message = ip->payload.subspan(before);
    if ((message[0] & 0xf) != vrrp::advertisement_type) return;
    for (const auto& [expected, listens_on] : routers_) {
      if (expected.vrid.value() != message[1] || listens_on != interface) continue;
      if (expected.self.family() != ip->source.family()) continue;
      if (expected.self != ip->source) note(*ip, message, datagram, expected);
    }
  }

  void note(const vrrp::IpPacket& ip, vrrp::OctetView message, const vrrp::Datagram& datagram,
            const vrrp::Expectation& expected) {
    SpeakerFacts speaker{ip.source, message[0] >> 4, message[1]};
    const auto outcome = vrrp::receive(datagram, expected, numbers_, wall_now());
    if (outcome) {
      speaker.differs = outcome->disagreement;
    } else {
      const auto& [reason, source, detail] = outcome.error();
      speaker.refused = std::string{vrrp::name(reason)} + (detail.empty() ? "" : ": " + detail);
    }
    heard_.insert(std::move(speaker));
  }

  const Config& config_;
  HostFacts& host_;
  boost::asio::io_context io_{1};
  std::vector<Router> routers_;
  std::set<std::tuple<std::string, IpAddress, int>> opened_;
  std::vector<std::unique_ptr<vrrp::Receiver>> receivers_;
  vrrp::SequenceNumbers numbers_;
  std::set<SpeakerFacts> heard_;
};

}  // namespace

void listen_for_speakers(const Config& config, Micros duration, HostFacts& host) {
  Ear{config, host}.listen(duration);
}

}  // namespace redvip::daemon
