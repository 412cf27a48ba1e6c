// Which line of which file an address of a program belongs to, from its DWARF (libdw). Addresses are ELF virtual addresses
// as Event::site has them (a return address: the line of the call is that of site - 1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/trace/result.h"

namespace ipcscope {

struct SourcePlace {
    std::string file;   // as the compiler wrote it, absolute
    int line = 0;       // from 1
};

class SourceMap {
 public:
    static Result<SourceMap> open(const std::string& program);
    std::optional<SourcePlace> place_of_call(std::uint64_t return_address) const;

    SourceMap(SourceMap&&) noexcept;
    SourceMap& operator=(SourceMap&&) noexcept;
    ~SourceMap();

 private:
    struct Impl;
    explicit SourceMap(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace ipcscope
