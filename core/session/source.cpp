#include "core/session/source.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <filesystem>

#include "core/session/unique_fd.h"

namespace ipcscope {

struct SourceMap::Impl {
    UniqueFd file;
    Dwarf* dwarf = nullptr;

    ~Impl() {
        if (dwarf) dwarf_end(dwarf);
    }
};

SourceMap::SourceMap(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SourceMap::SourceMap(SourceMap&&) noexcept = default;
SourceMap& SourceMap::operator=(SourceMap&&) noexcept = default;
SourceMap::~SourceMap() = default;

Result<SourceMap> SourceMap::open(const std::string& program) {
    auto impl = std::make_unique<Impl>();
    impl->file = UniqueFd(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
    if (!impl->file) return Failure{"cannot read " + program + ": " + strerror(errno)};
    impl->dwarf = dwarf_begin(impl->file.get(), DWARF_C_READ);
    if (!impl->dwarf) return Failure{program + " was compiled without -g: its lines are not known"};
    return SourceMap(std::move(impl));
}

// The compilation unit by the table of address ranges where there is one (.debug_aranges), else by asking each.
std::optional<SourcePlace> SourceMap::place_of_call(std::uint64_t return_address) const {
    if (return_address == 0) return std::nullopt;
    const Dwarf_Addr address = return_address - 1;    // within the call, not behind it
    Dwarf_Die unit_memory;
    Dwarf_Die* unit = dwarf_addrdie(impl_->dwarf, address, &unit_memory);
    Dwarf_CU* next = nullptr;
    while (!unit && dwarf_get_units(impl_->dwarf, next, &next, nullptr, nullptr, &unit_memory, nullptr) == 0)
        if (dwarf_haspc(&unit_memory, address) == 1) unit = &unit_memory;
    if (!unit) return std::nullopt;

    Dwarf_Line* const line = dwarf_getsrc_die(unit, address);
    int number = 0;
    const char* const file = line ? dwarf_linesrc(line, nullptr, nullptr) : nullptr;
    if (!file || dwarf_lineno(line, &number) != 0 || number <= 0) return std::nullopt;
    std::filesystem::path path(file);
    if (path.is_relative()) {
        Dwarf_Attribute attribute;
        if (const char* const folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute))) path = std::filesystem::path(folder) / path;
    }
    return SourcePlace{path.lexically_normal().string(), number};
}

}  // namespace ipcscope
