extension AlertDesk {
    /// Posts what becomes of a component's health. Plugins have a watch of their own.
    func post(_ component: ComponentHealth) {
        let name = component.reading.name
        guard !name.hasPrefix(ComponentReading.pluginPrefix) else { return }
        switch component.status {
        case .ok: post(.good, name, "works again")
        case .degraded: post(.warning, name, component.reasons.joined(separator: "; "))
        case .failed: post(.critical, name, component.reasons.joined(separator: "; "))
        }
    }
}
