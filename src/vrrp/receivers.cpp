#include "vrrp/receivers.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "vrrp/receive.hpp"

namespace redvip::vrrp {

class Receivers::Place {
 public:
  using Handler = std::weak_ptr<const PacketHandler>;

  Result<void> open(boost::asio::io_context& io, const ReceiverConfig& config) {
    auto receiver =
        Receiver::open(io, config, [this](const Datagram& datagram) { packet(datagram); });
    if (!receiver) return tl::unexpected(receiver.error());
    receiver_ = std::move(*receiver);
    return {};
  }

  // When all ask, since all see the same carrier, it is done once: between leaving and joining
  // nothing is heard.
  Result<void> rejoin(const std::shared_ptr<const PacketHandler>& asks) {
    const auto first = std::ranges::find_if_not(handlers_, &Handlers::empty);
    return first->front().lock() == asks ? receiver_->rejoin() : Result<void>{};
  }

  void add(Vrid vrid, Handler handler) { of(vrid.value()).push_back(std::move(handler)); }

  void forget_the_gone(Vrid vrid) {
    std::erase_if(of(vrid.value()), [](const Handler& each) { return each.expired(); });
  }

 private:
  using Handlers = std::vector<Handler>;

  Handlers& of(std::uint8_t vrid) { return handlers_[vrid]; }

  void packet(const Datagram& datagram) {
    const auto vrid = vrid_of(datagram);
    if (vrid && !of(*vrid).empty()) return pass(datagram, Handlers{of(*vrid)});
    for (const auto& handlers : handlers_) {
      if (!handlers.empty()) pass(datagram, Handlers{handlers});
    }
  }

  // Of a copy, because a handler may end what another hears.
  static void pass(const Datagram& datagram, const Handlers& handlers) {
    for (const auto& each : handlers) {
      if (const auto handler = each.lock()) (*handler)(datagram);
    }
  }

  std::array<Handlers, 256> handlers_;  // by VRID
  std::unique_ptr<Receiver> receiver_;
};

Receivers::Hearing::Hearing(std::shared_ptr<Place> place, Vrid vrid, const PacketHandler& handler)
    : place_{std::move(place)},
      vrid_{vrid},
      handler_{std::make_shared<const PacketHandler>(handler)} {
  place_->add(vrid, handler_);
}

Receivers::Hearing::~Hearing() {
  handler_.reset();
  place_->forget_the_gone(vrid_);
}

Result<void> Receivers::Hearing::rejoin() {
  return place_->rejoin(handler_);
}

Result<std::unique_ptr<Receivers::Hearing>> Receivers::hear(const ReceiverConfig& config, Vrid vrid,
                                                            const PacketHandler& handler) {
  auto place = places_.get(config, [&](Place& fresh) { return fresh.open(*io_, config); });
  if (!place) return tl::unexpected(place.error());
  return std::make_unique<Hearing>(std::move(*place), vrid, handler);
}

}  // namespace redvip::vrrp
