// Two hosts and a client on one switch, each a network namespace. The namespaces have no names: the
// kernel takes them, their interfaces and their rules away with the last process in them, so that
// nothing is left behind however the lab ends.
#pragma once

#include <sched.h>

#include <optional>
#include <string>

#include "lab/command.hpp"

namespace redvip::lab {

class NetworkNamespace {
 public:
  NetworkNamespace();
  ~NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::string path() const;  // what `ip link set ... netns` and nsenter(1) accept

  std::optional<cpu_set_t> cores{};  // where processes started in it run; nullopt: anywhere

 private:
  int fd_;
};

// The calling thread is in that namespace until the end of the scope. A socket stays where it was
// opened, so that one opened here may be used afterwards.
class Inside {
 public:
  explicit Inside(const NetworkNamespace& there);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int back_;
};

struct Host {
  std::string name;     // also of its port on the switch
  std::string address;  // of its eth0, in 10.77.0.0/24
  NetworkNamespace net{};

  // The kernel's own answer, not redvip's. Of either family.
  [[nodiscard]] bool has_address(const std::string& ip) const;
};

class Network {
 public:
  // own_cores: what is started on `a` runs on one half of the cores, on `b` on the other, as on two
  // machines: without it one host's work waits for the other's. The client shares those of `b`. It
  // means nothing where there is one core.
  explicit Network(bool own_cores = false);

  // Another host. It must outlive this network, or never be used again.
  void connect(const Host& host);
  // Every frame from and to the host is dropped in silence, both ways; its carrier stays.
  void cut(const Host& host);
  void heal(const Host& host);
  void carrier(const Host& host, bool up);  // as if the cable were pulled

  [[nodiscard]] const NetworkNamespace& wire() const { return switch_; }

  Host a{"redis-a", "10.77.0.1"};
  Host b{"redis-b", "10.77.0.2"};
  Host client{"client", "10.77.0.9"};

 private:
  void give_own_cores();

  NetworkNamespace switch_;
};

}  // namespace redvip::lab
