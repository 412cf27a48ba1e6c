// The wrappers that follow from the call table's rows. A row's wrapper is exported under its name; its other names jump to it.
#include "core/probe/observe.h"

// libc's declarations carry attributes that say nothing about their signatures.
#pragma GCC diagnostic ignored "-Wignored-attributes"

#define IPCSCOPE_PARAMETER(type, role, name) type name
#define IPCSCOPE_NAME(type, role, name) name
#define IPCSCOPE_TYPE(type, role, name) type

namespace ipcscope {
namespace {

// libc's own declaration, without its promise not to throw.
template <class F> struct Plain;
template <class R, class... A> struct Plain<R (*)(A...)> { using Signature = R (*)(A...); };
template <class R, class... A> struct Plain<R (*)(A...) noexcept> { using Signature = R (*)(A...); };

// The fortified twin: one more argument, the size of the caller's buffer, and an abort inside libc if it is too small.
template <CallId id, void* RealFunctions::*twin, class F> struct Checked;
template <CallId id, void* RealFunctions::*twin, class R, class... A>
struct Checked<id, twin, R (*)(A...)> {
    static R wrapper(A... values, std::size_t buffer_size) {
        return observe<id>(
            __builtin_return_address(0),
            [buffer_size](A... inner) {
                const Quiet quiet;
                return reinterpret_cast<R (*)(A..., std::size_t)>(real.*twin)(inner..., buffer_size);
            },
            values...);
    }
};

}  // namespace
}  // namespace ipcscope

using namespace ipcscope;

#define CALL(name, type, answer, effect, section, help, ...)                                                                     \
    static_assert(__is_same(Plain<decltype(&::name)>::Signature, type (*)(IPCSCOPE_FOR_EACH(IPCSCOPE_TYPE, __VA_ARGS__))),            \
                  "the row of " #name " is not as libc declares it");                                                            \
    extern "C" [[gnu::visibility("default")]] type wrapper_##name(IPCSCOPE_FOR_EACH(IPCSCOPE_PARAMETER, __VA_ARGS__)) asm(#name); \
    type wrapper_##name(IPCSCOPE_FOR_EACH(IPCSCOPE_PARAMETER, __VA_ARGS__)) {                                                    \
        start_if_early(real.name != nullptr);                                                                                    \
        return observe<CallId::name>(__builtin_return_address(0),                                                                \
                                     real.name __VA_OPT__(, ) IPCSCOPE_FOR_EACH(IPCSCOPE_NAME, __VA_ARGS__));                    \
    }
#define HAND(...)
#define ACCESS(...)
#define ALIAS(...)
#define CHECKED(...)
#define LISTED(...)
#include "core/events/call_table.def"
#undef CALL
#undef ALIAS
#undef CHECKED

// Weak, so that a function written by hand takes precedence (those that have the same row, but other parameters).
#define ALIAS(other, name)                       \
    asm(".pushsection .text\n"                   \
        ".weak " #other "\n"                     \
        ".type " #other ", @function\n"          \
        #other ": jmp " #name "\n"               \
        ".size " #other ", . - " #other "\n"     \
        ".popsection");
#define CHECKED(other, name)                                                                                    \
    extern "C" [[gnu::used]] constinit decltype(&Checked<CallId::name, &RealFunctions::other, Plain<decltype(&::name)>::Signature>::wrapper) const \
        checked_##other = &Checked<CallId::name, &RealFunctions::other, Plain<decltype(&::name)>::Signature>::wrapper; \
    asm(".pushsection .text\n"                                                                                  \
        ".globl " #other "\n"                                                                                   \
        ".type " #other ", @function\n"                                                                         \
        #other ": jmp *checked_" #other "(%rip)\n"                                                              \
        ".size " #other ", . - " #other "\n"                                                                    \
        ".popsection");
#define CALL(...)
#include "core/events/call_table.def"
