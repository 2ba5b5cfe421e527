// Many services on the same two hosts: one Redis each, all owned by the first host.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "bench/clients.hpp"
#include "bench/site.hpp"
#include "lab/process.hpp"

namespace redvip::bench {

enum class FleetManager : std::uint8_t { nobody, redvip, keepalived };
[[nodiscard]] const char* to_text(FleetManager manager);

struct FleetOptions {
  FleetManager manager = FleetManager::redvip;
  int services = 1;
  std::chrono::milliseconds advert_interval{100};
  std::chrono::milliseconds probe_interval{0};  // of redvip; 0: its default
  // The second host's daemon runs under callgrind, which counts when it is told to and writes
  // callgrind.out.* to that host's folder.
  bool callgrind = false;
  bool realtime = can_be_realtime;
};

class Fleet {
 public:
  // Returns when the first host has every address and every second Redis follows. Throws LabError.
  explicit Fleet(FleetOptions options);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  struct Member {
    Member(const lab::Host& at, std::filesystem::path in) : host{at}, folder{std::move(in)} {}
    const lab::Host& host;
    std::filesystem::path folder;
    std::vector<std::unique_ptr<lab::Process>> redis{};
    std::unique_ptr<lab::Process> daemon{};
  };

  // redvip's down_after with more than ten services: hundreds of first copies at once, on two
  // cores, keep a Redis from answering for some seconds.
  static constexpr std::chrono::seconds patience{20};

  [[nodiscard]] static std::string vip(int service);  // without the prefix length, which is 32
  [[nodiscard]] static int port(int service) { return 7000 + service; }
  [[nodiscard]] int check_seconds() const;  // between two checks of keepalived
  // The check of keepalived for that host's servers; it takes their port.
  [[nodiscard]] static std::filesystem::path write_check(const Member& member);
  // How many of the addresses the host has.
  [[nodiscard]] int vips_of(const Member& member) const;
  // Of its Redis servers, how many are masters; asks each.
  [[nodiscard]] int masters_of(const Member& member) const;
  // How many Redis servers keepalived's scripts left in the wrong role at the start.
  [[nodiscard]] int put_right() const { return put_right_; }
  // A connection to each service, which writes every `between`. Whose Redis answered is in
  // Ack::server.
  static constexpr std::uint8_t first = 0;   // of `a`
  static constexpr std::uint8_t second = 1;  // of `b`
  [[nodiscard]] std::vector<std::unique_ptr<Clients>> write(std::chrono::microseconds between);

  const FleetOptions options;
  lab::Workspace workspace{};
  lab::Network network{};
  Member a;
  Member b;

 private:
  void route(const lab::Host& host) const;
  void start_redis(Member& member);
  void start_daemon(Member& member);
  void write_redvip_files(const Member& member) const;
  void write_keepalived_files(const Member& member) const;
  [[nodiscard]] int followers() const;
  [[nodiscard]] int standbys() const;  // of the second host's redvip
  // `master`: an address; empty: they are masters themselves.
  void await_role(const Member& member, bool (*has_it)(const lab::Host&, int),
                  const std::string& master, std::chrono::seconds patience);
  void wait_until(const std::string& what, const std::function<bool()>& condition) const;

  std::vector<std::unique_ptr<Directory>> directories_{};
  int put_right_ = 0;
};

}  // namespace redvip::bench
