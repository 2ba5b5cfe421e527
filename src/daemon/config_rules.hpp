// What no key can say alone: uniqueness, names that must exist, one Redis for one service.
#pragma once

#include "daemon/config_keys.hpp"

namespace redvip::daemon {

void check_rules(const Draft& draft, Problems& problems);

}  // namespace redvip::daemon
