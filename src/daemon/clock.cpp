#include "daemon/clock.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace redvip::daemon {

std::string utc_text(std::chrono::system_clock::time_point time) {
  const auto since_epoch = std::chrono::duration_cast<Millis>(time.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(since_epoch / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%s.%03dZ", date.data(),
                static_cast<int>(since_epoch % 1000));
  return text.data();
}

}  // namespace redvip::daemon
