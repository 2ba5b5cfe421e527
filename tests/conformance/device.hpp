// The device under test: a real VRRP router on a host of its own, told in its own configuration
// language to be the router that a case describes.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "lab/network.hpp"
#include "lab/process.hpp"

namespace redvip::conformance {

inline constexpr int vrid = 51;
// Of reference/vrrp.md section 1.3: there the golden adverts come from.
inline constexpr const char* device_address = "10.0.0.5";
inline constexpr const char* device_link_local = "fe80::d863:36ff:fe69:ab9a";

enum class Kind : std::uint8_t { redvip, keepalived };
[[nodiscard]] const char* to_text(Kind kind);

// Another router that the device is told about. The tester speaks in its name.
struct Peer {
  std::string address;
  std::string link_local;
};
// One with a higher and one with a lower address than the device, in both families.
inline const Peer above{"10.0.0.9", "fe80::d863:36ff:fe69:ab9b"};
inline const Peer below{"10.0.0.2", "fe80::d863:36ff:fe69:ab99"};

struct Router {
  int version = 3;
  int priority = 100;  // 255: the address owner
  std::chrono::milliseconds interval{200};
  std::vector<std::string> vips{"10.0.0.100/24"};
  bool preempt = true;
  std::string auth{};  // "PASS" or "AH"; empty: none
  std::string password{};
  bool vmac = false;
  bool accept = true;
  bool keeps_skew_time = false;   // even where nobody comes before it
  bool strict = false;            // accepts the one checksum form that it sends
  bool message_only_sum = false;  // of version 3 over IPv4, as RFC 9568 has it
  std::vector<Peer> peers{above, below};

  [[nodiscard]] bool v6() const { return vips.front().find(':') != std::string::npos; }
  // RFC 9568 section 6.1; of version 2: RFC 3768, whose skew is a part of a second.
  [[nodiscard]] std::chrono::microseconds skew() const;
  [[nodiscard]] std::chrono::microseconds down_interval() const { return 3 * interval + skew(); }
};

// This device has no such mode; never a finding.
class NotApplicable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Device {
 public:
  Device() = default;
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  virtual void start() = 0;
  // What it needs of another router in order to stand by below it; the tester plays the rest.
  virtual void meet(const lab::Host& owner) = 0;
  // It has started, and would now lead if it heard nobody.
  [[nodiscard]] virtual bool stands_by() const = 0;
  [[nodiscard]] lab::Process& process() { return *process_; }
  [[nodiscard]] const lab::Process& process() const { return *process_; }
  void kill();  // every process of it, at once

 protected:
  std::unique_ptr<lab::Process> process_;
};

// Its files go to `folder`. Throws NotApplicable.
[[nodiscard]] std::unique_ptr<Device> make_device(Kind kind, const Router& router,
                                                  const lab::Host& host,
                                                  const std::filesystem::path& folder);
[[nodiscard]] std::unique_ptr<Device> make_keepalived(const Router& router, const lab::Host& host,
                                                      const std::filesystem::path& folder);
[[nodiscard]] std::unique_ptr<Device> make_redvip(const Router& router, const lab::Host& host,
                                                  const std::filesystem::path& folder);

}  // namespace redvip::conformance
