// The receivers of all virtual routers: one for each place to hear at, whatever the number of
// routers, so that a packet is read once and goes to the one that it is for.
#pragma once

#include <memory>

#include "core/shared.hpp"
#include "vrrp/receiver.hpp"

namespace redvip::vrrp {

class Receivers {
 public:
  class Place;

  // What one router hears at one place.
  class Hearing {
   public:
    Hearing(std::shared_ptr<Place> place, Vrid vrid, const PacketHandler& handler);
    ~Hearing();
    Hearing(const Hearing&) = delete;
    Hearing& operator=(const Hearing&) = delete;

    // See Socket::rejoin(). Of those who hear at a place, one does it for all.
    [[nodiscard]] Result<void> rejoin();

   private:
    std::shared_ptr<Place> place_;
    Vrid vrid_;
    std::shared_ptr<const PacketHandler> handler_;
  };

  explicit Receivers(boost::asio::io_context& io) : io_{&io} {}

  // `handler` gets each packet with this VRID, and those whose VRID is nobody's here or cannot be
  // read: why such a packet is refused is for each router to say. A handler may destroy another's
  // Hearing, not its own.
  [[nodiscard]] Result<std::unique_ptr<Hearing>> hear(const ReceiverConfig& config, Vrid vrid,
                                                      const PacketHandler& handler);

 private:
  boost::asio::io_context* io_;
  Shared<ReceiverConfig, Place> places_;
};

}  // namespace redvip::vrrp
