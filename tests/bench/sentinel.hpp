#pragma once

namespace redvip::bench {

inline constexpr int sentinel_port = 26379;

}  // namespace redvip::bench
