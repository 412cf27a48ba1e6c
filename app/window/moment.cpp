#include "app/window/moment.h"

namespace ipcscope {

void Moment::forget() { *this = Moment(); }

void Moment::look_at(const Run& run, const std::vector<std::string>& names, EventIndex cursor) {
    const Trace& trace = run.trace();
    if (model_.applied() > cursor) forget();
    if (model_.applied() == 0) {
        model_.set_names(names);
        model_.set_fields(run.model().fields());
        model_.set_thread_names(run.model().thread_names());
    }
    EventIndex last_quiet = no_id;
    for (EventIndex i = cursor; i > model_.applied() && last_quiet == no_id; --i)
        if (trace[i - 1].kind == EventKind::Quiet) last_quiet = i - 1;
    while (model_.applied() < cursor) {
        const EventIndex index = model_.applied();
        model_.apply(trace, index);
        if (index == last_quiet) witnesses_ = compare(trace, model_);
    }
}

}  // namespace ipcscope
