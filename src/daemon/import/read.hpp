// From statements to values. All that is not in the result has been told.
#pragma once

#include "daemon/import/model.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {

// The whole file.
[[nodiscard]] Host read_host(const std::vector<Statement>& tree, const std::string& file,
                             const std::string& config_id, Diagnosis& diagnosis);

// Its parts.
void read_globals(const std::vector<Statement>& block, Globals& globals, Diagnosis& diagnosis);
[[nodiscard]] Check read_check(const Statement& statement, Diagnosis& diagnosis);
[[nodiscard]] TrackFile read_track_file(const Statement& statement, Diagnosis& diagnosis);
[[nodiscard]] Instance read_instance(const Statement& statement, Diagnosis& diagnosis);
[[nodiscard]] Group read_group(const Statement& statement, Diagnosis& diagnosis);

// One line of virtual_ipaddress, of virtual_routes (in redvip's words), of track_* lists.
[[nodiscard]] std::optional<Address> read_virtual_address(const Statement& statement, bool excluded,
                                                          Diagnosis& diagnosis);
[[nodiscard]] Maybe<std::string> read_route(const Statement& statement, Diagnosis& diagnosis);
// True where `statement` is one of the track_* lists.
bool read_tracks(const Statement& statement, Tracks& tracks, Diagnosis& diagnosis);
// True where it is one of the notify* programs.
bool read_notify(const Statement& statement, std::vector<Command>& notifies, Diagnosis& diagnosis);

}  // namespace redvip::keepalived
