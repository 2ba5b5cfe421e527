// `redvip pause` and `redvip resume`.
#pragma once

#include "daemon/cli.hpp"

namespace redvip::daemon {

[[nodiscard]] int pause(const Invocation& asked);
[[nodiscard]] int resume(const Invocation& asked);

}  // namespace redvip::daemon
