extension JSONSchema {
    /// What is wrong with a JSON text under this schema, a sentence for each fault; empty where
    /// nothing is.
    package func faults(of text: String) -> [String] {
        let node: JSONNode
        do throws(JSONError) {
            node = try JSONReader.read(text)
        } catch {
            return ["\(error.position): \(error.reason)"]
        }
        var validation = JSONSchemaValidation(
            self,
            at: ConfigurationLocation(file: "", position: node.position, keyPath: ValuePath()))
        validation.check(node)
        return validation.errors.map { error in
            error.keyPath.isEmpty ? "\(error.problem)" : "\(error.keyPath): \(error.problem)"
        }
    }
}
