// Placeholder until the first file of this plugin lands.
