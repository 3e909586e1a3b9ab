"""Results for people: pictures, tables and whole studies. The only storey in which matplotlib is imported."""
