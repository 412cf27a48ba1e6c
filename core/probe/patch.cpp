#include "core/probe/patch.h"

#include <link.h>
#include <sys/mman.h>

#include <cstring>

#include "core/events/area.h"
#include "core/probe/system.h"

namespace ipcscope {
namespace {

// Seen in Debian 12's glibc 2.36 for x86-64, each decoded by hand.
constexpr Prologue known_prologues[] = {
    {"80 3d ?? ?? ?? ?? 00", 7, 2},              // cmpb $0, __libc_single_threaded(%rip)    read, write, close
    {"b8 ?? ?? ?? ?? 0f 05", 5, 0},              // mov $number, %eax; syscall               execve, dup2, __write_nocancel …
    {"31 c0 0f 05 48 3d 00 f0 ff ff", 10, 0},    // xor %eax, %eax; syscall; cmp $-4096, %rax    __read_nocancel
    {"48 83 ec 58 41 89 f2 48", 7, 0},           // sub $0x58, %rsp; mov %esi, %r10d         __open64_nocancel
    {"55 41 89 f2 48 89 fd 53", 7, 0},           // push %rbp; mov %esi, %r10d; mov %rdi, %rbp   open64
};

constexpr std::size_t slot_bytes = 64;
constexpr std::size_t page_size = page_bytes;

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

bool begins_with(const std::uint8_t* code, const char* pattern) {
    for (; *pattern; pattern += pattern[2] ? 3 : 2, ++code)
        if (*pattern != '?' && *code != digit(pattern[0]) * 16 + digit(pattern[1])) return false;
    return true;
}

bool is_near(const void* a, const void* b) {
    const std::int64_t distance = reinterpret_cast<std::int64_t>(a) - reinterpret_cast<std::int64_t>(b);
    return distance > -0x70000000 && distance < 0x70000000;
}

void write_jump(std::uint8_t* at, const void* target) {
    const std::int32_t distance = static_cast<std::int32_t>(static_cast<const std::uint8_t*>(target) - (at + 5));
    at[0] = 0xe9;
    std::memcpy(at + 1, &distance, sizeof distance);
}

// The executable segment in which an address lies.
struct Segment {
    std::uintptr_t address, begin, end;
};

int note_segment(dl_phdr_info* object, std::size_t, void* wanted) {
    Segment& segment = *static_cast<Segment*>(wanted);
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& header = object->dlpi_phdr[i];
        const std::uintptr_t begin = object->dlpi_addr + header.p_vaddr;
        if (header.p_type != PT_LOAD || !(header.p_flags & PF_X) || segment.address - begin >= header.p_memsz) continue;
        segment.begin = begin;
        segment.end = begin + header.p_memsz;
        return 1;
    }
    return 0;
}

}  // namespace

bool PatchPages::is_open_for(const std::uint8_t* code) const {
    const auto at = reinterpret_cast<std::uintptr_t>(code);
    return at >= code_begin_ && at + 16 <= code_end_;
}

bool PatchPages::protect(int protection) { return raw_syscall(SYS_mprotect, code_begin_, code_end_ - code_begin_, protection) == 0; }

bool PatchPages::open(const void* neighbour) {
    Segment segment{reinterpret_cast<std::uintptr_t>(neighbour), 0, 0};
    dl_iterate_phdr(note_segment, &segment);
    if (segment.end == 0) return false;
    code_begin_ = segment.begin & ~(page_size - 1);
    code_end_ = (segment.end + page_size - 1) & ~(page_size - 1);
    const long got = raw_syscall(SYS_mmap, nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (got < 0 && got > -4096) return false;
    page_ = next_ = reinterpret_cast<std::uint8_t*>(got);
    // The kernel puts mappings next to each other, so this is the rule; if it is not so here, we do without.
    if (is_near(page_, neighbour) && protect(PROT_READ | PROT_WRITE | PROT_EXEC)) return true;
    raw_syscall(SYS_munmap, page_, page_size);
    return false;
}

void PatchPages::close() {
    raw_syscall(SYS_mprotect, page_, page_size, PROT_READ | PROT_EXEC);
    protect(PROT_READ | PROT_EXEC);
}

void* PatchPages::patch(void* entry, const void* hook) {
    std::uint8_t* const code = static_cast<std::uint8_t*>(entry);
    const Prologue* prologue = nullptr;
    for (const Prologue& known : known_prologues)
        if (begins_with(code, known.bytes)) prologue = &known;
    if (!prologue || next_ + slot_bytes > page_ + page_size || !is_near(code, page_) || !is_open_for(code)) return nullptr;

    std::uint8_t* const stub = next_;
    const std::uint8_t jump_indirect[6] = {0xff, 0x25, 0, 0, 0, 0};    // jmp *0(%rip)
    std::memcpy(stub, jump_indirect, sizeof jump_indirect);
    std::memcpy(stub + sizeof jump_indirect, &hook, sizeof hook);

    std::uint8_t* const trampoline = stub + 16;
    std::memcpy(trampoline, code, prologue->length);
    if (prologue->displacement_at) {
        std::int32_t displacement;
        std::memcpy(&displacement, code + prologue->displacement_at, sizeof displacement);
        displacement += static_cast<std::int32_t>(code - trampoline);
        std::memcpy(trampoline + prologue->displacement_at, &displacement, sizeof displacement);
    }
    write_jump(trampoline + prologue->length, code + prologue->length);

    write_jump(code, stub);
    next_ += slot_bytes;
    return trampoline;
}

}  // namespace ipcscope
