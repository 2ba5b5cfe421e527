// Two hosts on one cable: two network namespaces of this process and a veth pair between them. They
// live as long as their file descriptors, so that nothing is left behind however a test ends.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace redvip::vrrp::lan {

inline int open_namespace() {
  return ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

class Host {
 public:
  Host() : before_{open_namespace()} {
    if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"unshare: needs root"};
    self_ = open_namespace();
    leave();
  }
  ~Host() {
    ::close(self_);
    ::close(before_);
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // What `action` opens belongs to this host, also after it has returned.
  template <class Action>
  auto inside(Action action) const {
    struct Stay {
      explicit Stay(const Host& at) : host{at} { ::setns(host.self_, CLONE_NEWNET); }
      ~Stay() { host.leave(); }
      Stay(const Stay&) = delete;
      Stay& operator=(const Stay&) = delete;
      const Host& host;
    } stay{*this};
    return action();
  }

  void run(const std::string& command) const {
    const int status = inside([&] { return std::system(command.c_str()); });
    if (status != 0) throw std::runtime_error{command};
  }

  // The kernel notices a carrier a moment after both ends are up (linkwatch). Until then it drops
  // silently what is sent, because the interface still has the "noop" queue.
  void await_carrier(const std::string& wire) const {
    run("timeout 10 sh -c 'while ip -o link show " + wire + " | grep -q \"qdisc noop \"; do " +
        "sleep 0.01; done'");
  }

  // As `ip link ... netns` wants it, from a child process too.
  [[nodiscard]] std::string path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(self_);
  }

 private:
  void leave() const { ::setns(before_, CLONE_NEWNET); }

  int before_;
  int self_ = -1;
};

struct TwoHosts {
  Host left;   // veth "wire" with 10.0.0.1/24
  Host right;  // veth "wire" with 10.0.0.2/24

  TwoHosts() { connect("wire", "10.0.0"); }

  void connect(const std::string& wire, const std::string& network) const {
    left.run("ip link add " + wire + " type veth peer name " + wire + " netns " + right.path());
    left.run("ip address add " + network + ".1/24 dev " + wire);
    right.run("ip address add " + network + ".2/24 dev " + wire);
    up(wire);
  }

  void up(const std::string& wire) const {
    for (const auto* host : {&left, &right}) host->run("ip link set " + wire + " up");
    for (const auto* host : {&left, &right}) host->await_carrier(wire);
  }
};

}  // namespace redvip::vrrp::lan
