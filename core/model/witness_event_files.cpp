// eventfd, signalfd, timerfd: /proc/PID/fdinfo has what is in them.
#include "core/model/event_text.h"
#include "core/model/witnesses.h"

namespace ipcscope {

void Witnesses::event_file(const Event& fact) {
    const Process* const process = model.process(fact.process);
    const int number = static_cast<int>(fact.value[1]);
    const Object* const object = process ? model.object_behind(process->id, number) : nullptr;
    if (!object) return;
    const std::string source = proc(*process, "/fdinfo/" + std::to_string(number));
    const auto agreement = [&](const std::string& kernel, const std::string& model) {
        add(fact, {source, kernel, model, kernel == model, no_id, object->id});
    };
    const auto number_text = [](std::int64_t value) { return std::to_string(static_cast<std::uint64_t>(value)); };
    if (object->counter) agreement("count " + number_text(fact.value[2]), "count " + std::to_string(object->counter->count));
    if (object->signals)
        agreement(text_of_signal_set(static_cast<std::uint64_t>(fact.value[2])), text_of_signal_set(object->signals->mask));
    if (object->timer) agreement("every " + text_of_nanoseconds(fact.value[3]), "every " + text_of_nanoseconds(object->timer->interval_ns));
}

}  // namespace ipcscope
