// What no key can say alone: uniqueness, names that must exist, one Redis for one service.
#pragma once

#include "daemon/config_keys.hpp"

namespace redvip::daemon {

void check_rules(const Draft& draft, Problems& problems);

// config_rules_vrrp.cpp
void check_vrrp(const ServiceDraft& service, const std::vector<NodeDraft>& nodes,
                Problems& problems);
void check_auth_password(const ServiceDraft& service, Problems& problems);  // once it is known
void check_track(const TrackDraft& track, Problems& problems);

// Where a key's value stands; where its table does when the key was left to its default.
[[nodiscard]] Position where(const TomlValue* table, std::string_view key);

}  // namespace redvip::daemon
